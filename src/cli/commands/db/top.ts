import type { ExitCode } from '../../exit-codes.js';
import { moment } from '../../moment.js';
import { recognizerAmong } from '../../recognizer.js';
import { give } from './answer.js';
import { withStore } from './database.js';
import { dbOptions, limitOption, portOption, type RawDbOptions } from './options.js';
import { fingerprintRowJson, fingerprintTable } from './rows.js';

export interface RawTopOptions extends RawDbOptions {
  readonly since?: string;
  readonly port?: string;
  readonly limit?: string;
}

/** The most often seen fingerprints. @returns `failed` where none was seen */
export async function top(raw: RawTopOptions): Promise<ExitCode> {
  const { database, json } = dbOptions(raw);
  const filter = {
    ...(raw.since === undefined ? {} : { since: moment(raw.since, Date.now() / 1000) }),
    ...(raw.port === undefined ? {} : { port: portOption(raw.port) }),
    ...(raw.limit === undefined ? {} : { limit: limitOption(raw.limit) }),
  };
  return withStore(database, 'read', async (store) => {
    const rows = store.fingerprints.top(filter);
    const recognizer = await recognizerAmong(store.labels.references());
    const limited = raw.since === undefined && raw.port === undefined ? '' : ' of that kind';
    return give(
      {
        json: { fingerprints: rows.map((row) => fingerprintRowJson(row, recognizer)) },
        text: () => fingerprintTable(rows, recognizer),
        nothing: rows.length === 0 ? `nothing${limited} was recorded in ${database.path}` : null,
      },
      json,
    );
  });
}
