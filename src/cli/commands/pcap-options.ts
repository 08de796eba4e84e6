import type { OpenSslGeneration } from '../../model/index.js';
import { type Field, fieldsByName, formats, summaryFormats } from '../../report/index.js';
import { defaultDatabasePath } from '../database-path.js';
import { UsageError } from '../exit-codes.js';
import { MAX_JOBS } from '../jobs/limits.js';
import type { DatabaseChoice } from '../label-source.js';
import { outputIsTerminal } from '../terminal.js';

/** As the parser of arguments leaves them. */
export interface RawPcapOptions {
  readonly format?: string;
  readonly server?: boolean;
  readonly summary?: boolean;
  readonly fields?: string;
  readonly database?: string;
  readonly record?: boolean;
  readonly prune?: boolean;
  readonly stats?: boolean;
  readonly openssl?: OpenSslGeneration;
  readonly verbose?: boolean;
  readonly jobs?: string;
}

export interface PcapOptions {
  readonly format: string;
  readonly server: boolean;
  readonly summary: boolean;
  readonly fields: readonly Field[] | null;
  readonly database: DatabaseChoice;
  readonly record: boolean;
  /** What was kept long enough is let go of after recording. */
  readonly prune: boolean;
  readonly stats: boolean;
  readonly openssl: OpenSslGeneration;
  readonly verbose: boolean;
  /** Threads at most; null: as many as are useful. */
  readonly jobs: number | null;
}

/** Which options go together. @throws UsageError where they do not */
export function pcapOptions(files: readonly string[], raw: RawPcapOptions): PcapOptions {
  const format = raw.format ?? (outputIsTerminal() ? 'table' : 'ndjson');
  const summary = raw.summary ?? false;
  const server = raw.server ?? false;
  if (files.includes('') || raw.database === '') {
    throw new UsageError(`${files.includes('') ? 'a file' : '--database'} has an empty name`);
  }
  if (files.filter((file) => file === '-').length > 1) {
    throw new UsageError('standard input (-) can be read once only');
  }
  if (summary && !summaryFormats.has(format)) {
    throw new UsageError(`--summary has no format ${format}: it has ${[...summaryFormats.keys()].join(', ')}`);
  }
  if (raw.fields !== undefined && (summary || !formats.get(format)!.choosable)) {
    throw new UsageError(`--fields does not go with ${summary ? '--summary' : `--format ${format}`}`);
  }
  return {
    format,
    server,
    summary,
    fields: raw.fields === undefined ? null : chosenFields(raw.fields, server),
    database: { path: raw.database ?? defaultDatabasePath(), explicit: raw.database !== undefined },
    record: raw.record ?? false,
    prune: raw.prune ?? true,
    stats: raw.stats ?? false,
    openssl: raw.openssl ?? '3.0',
    verbose: raw.verbose ?? false,
    jobs: raw.jobs === undefined ? null : jobsAsked(raw.jobs),
  };
}

function jobsAsked(text: string): number {
  const count = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (count < 1 || count > MAX_JOBS) throw new UsageError(`--jobs is a number from 1 to ${MAX_JOBS}`);
  return count;
}

function chosenFields(list: string, server: boolean): readonly Field[] {
  const names = list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names.length === 0) throw new UsageError('--fields names no field');
  if (new Set(names).size < names.length) throw new UsageError('--fields names a field twice');
  return names.map((name) => {
    const field = fieldsByName.get(name);
    if (field === undefined) {
      throw new UsageError(`--fields: no field ${name}: there are ${[...fieldsByName.keys()].join(', ')}`);
    }
    if (name.startsWith('ja3s') && !server) throw new UsageError(`--fields: ${name} needs --server`);
    return field;
  });
}
