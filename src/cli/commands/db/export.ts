import {
  fingerprintsToNdjson,
  labelsToCsv,
  labelsToNdjson,
  labelsToSalesforceCsv,
  type SharedFingerprint,
} from '../../../lists/index.js';
import type { LabelRow } from '../../../model/index.js';
import { escapeText } from '../../../report/index.js';
import type { Store } from '../../../store/index.js';
import { EXIT, type ExitCode, UsageError } from '../../exit-codes.js';
import { Output } from '../../output.js';
import { say } from '../../say.js';
import { outputIsTerminal } from '../../terminal.js';
import { withKnown, withStore } from './database.js';
import { dbOptions, numberOption, type RawDbOptions } from './options.js';
import { counted, isoTime } from './text.js';
import { valuesOf } from './views.js';

export interface RawExportOptions extends RawDbOptions {
  readonly format?: string;
  readonly source?: string;
  readonly clients?: string;
}

const LABEL_FORMATS: ReadonlyMap<string, (labels: Iterable<LabelRow>) => Iterable<string>> = new Map([
  ['csv', labelsToCsv],
  ['ndjson', labelsToNdjson],
  ['salesforce', labelsToSalesforceCsv],
]);

/** Lines gathered before they are written. */
const LINES_AT_ONCE = 512;

/** Prints labels, or fingerprints to be given away. @returns `failed` where there are none */
export async function exportAs(what: string, raw: RawExportOptions): Promise<ExitCode> {
  if (raw.json === true && raw.format !== undefined && raw.format !== 'ndjson') {
    throw new UsageError(`--json does not go with --format ${raw.format}`);
  }
  return what === 'labels' ? exportLabels(raw) : exportFingerprints(raw);
}

async function exportLabels(raw: RawExportOptions): Promise<ExitCode> {
  const { database, json } = dbOptions(raw);
  if (raw.clients !== undefined) throw new UsageError('--clients is for fingerprints');
  const print = LABEL_FORMATS.get(json ? 'ndjson' : (raw.format ?? 'csv'))!;
  return withKnown(database, async ({ store, labels }) => {
    const all = store?.labels.all() ?? labels();
    const chosen = all.filter(({ source }) => raw.source === undefined || source === raw.source);
    if (chosen.length === 0) {
      say('there is no such label');
      return EXIT.failed;
    }
    await printAll(print(chosen));
    return EXIT.done;
  });
}

async function exportFingerprints(raw: RawExportOptions): Promise<ExitCode> {
  const { database } = dbOptions(raw);
  if (raw.format !== undefined && raw.format !== 'ndjson') {
    throw new UsageError('fingerprints have one format, ndjson');
  }
  if (raw.source !== undefined) throw new UsageError('--source is for labels');
  const least = raw.clients === undefined ? null : numberOption('--clients', raw.clients, 2, 1_000);
  return withStore(database, 'read', async (store) => {
    let shared = 0;
    let withheld = 0;
    function* counting(lines: Iterable<string>): Generator<string> {
      for (const line of lines) {
        shared++;
        yield line;
      }
    }
    const lines = fingerprintsToNdjson(sharedOf(store), {
      onWithheld: () => withheld++,
      ...(least === null ? {} : { leastSources: least }),
    });
    await printAll(counting(lines));
    say(
      `${counted(shared, 'fingerprint')}; ${withheld} held back, which fewer than ${least ?? 5} clients sent, as far as is known`,
    );
    return shared === 0 ? EXIT.failed : EXIT.done;
  });
}

/** What was seen on a connection; what only logs told of came from nobody knows how many addresses. */
function* sharedOf(store: Store): Generator<SharedFingerprint> {
  for (const { id } of store.exports.fingerprints()) {
    const detail = store.fingerprints.detail(id);
    if (detail === null || detail.hellos === 0) continue;
    const { views, hellos, firstSeen, lastSeen, ports, sources } = detail;
    const hashes = new Set(valuesOf(views).map(([, { hash }]) => hash));
    yield {
      fingerprint: views,
      count: hellos,
      sources: sources.distinct,
      firstSeen: isoTime(firstSeen)?.slice(0, 10) ?? '',
      lastSeen: isoTime(lastSeen)?.slice(0, 10) ?? '',
      seenOn: ports
        .filter((port) => port.hellos > 0)
        .map(({ port, starttls, hellos: count }) => ({ port, starttls, count })),
      labels: [...hashes].flatMap((hash) => store.labels.list({ hash })),
    };
  }
}

/** As they are, for programs; on a terminal escaped, since names come from strangers. */
async function printAll(lines: Iterable<string>): Promise<void> {
  const output = new Output();
  const forEyes = outputIsTerminal();
  let gathered = 0;
  for (const line of lines) {
    output.print(forEyes ? `${escapeText(line.replace(/\n$/, ''))}\n` : line);
    if (++gathered % LINES_AT_ONCE === 0) await output.flush();
  }
  await output.flush();
}
