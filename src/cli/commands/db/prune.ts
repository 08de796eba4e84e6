import { DEFAULT_RETENTION, type Retention } from '../../../store/index.js';
import { type ExitCode, UsageError } from '../../exit-codes.js';
import { say } from '../../say.js';
import { give } from './answer.js';
import { withStore } from './database.js';
import { dbOptions, type RawDbOptions } from './options.js';
import { pruneJson, pruneText } from './prune-text.js';

export interface RawPruneOptions extends RawDbOptions {
  readonly dryRun?: boolean;
  readonly addresses?: string;
  readonly logins?: string;
  readonly observations?: string;
}

/** Cuts addresses and deletes rows that were kept long enough, or tells how many. */
export async function prune(raw: RawPruneOptions): Promise<ExitCode> {
  const { database, json } = dbOptions(raw);
  const retention: Retention = {
    addresses: days('--addresses', raw.addresses) ?? DEFAULT_RETENTION.addresses,
    logins: days('--logins', raw.logins) ?? DEFAULT_RETENTION.logins,
    observations: days('--observations', raw.observations) ?? DEFAULT_RETENTION.observations,
  };
  const now = Date.now() / 1000;
  if (raw.dryRun === true) {
    return withStore(database, 'read', (store) => {
      const due = store.upkeep.wouldPrune(now, retention);
      return give({ json: { dry_run: true, ...pruneJson(due) }, text: () => `${pruneText(due, 'would')}\n` }, json);
    });
  }
  return withStore(database, 'write', async (store) => {
    const done = await store.upkeep.prune(now, retention);
    if (!done.wiped) say('another process is reading: what was deleted is overwritten when pruning is run again');
    return give(
      { json: { dry_run: false, ...pruneJson(done), wiped: done.wiped }, text: () => `${pruneText(done, 'done')}\n` },
      json,
    );
  });
}

/** `30`, or `forever`. */
function days(option: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  if (text === 'forever') return Number.POSITIVE_INFINITY;
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw new UsageError(`${option} is a number of days, or forever`);
}
