import { loginFormats } from '../../report/index.js';
import type { UserForm } from '../../store/index.js';
import { defaultDatabasePath } from '../database-path.js';
import { UsageError } from '../exit-codes.js';
import type { DatabaseChoice } from '../label-source.js';
import { moment } from '../moment.js';
import { outputIsTerminal } from '../terminal.js';

/** As the parser of arguments leaves them. */
export interface RawLogOptions {
  readonly format?: string;
  readonly json?: boolean;
  readonly summary?: boolean;
  readonly follow?: boolean;
  readonly since?: string;
  readonly elements?: string;
  readonly record?: boolean;
  readonly prune?: boolean;
  readonly users?: UserForm;
  readonly database?: string;
  readonly stats?: boolean;
  readonly verbose?: boolean;
}

export interface LogCommandOptions {
  readonly format: string;
  readonly summary: boolean;
  readonly follow: boolean;
  /** Seconds since 1970-01-01 UTC. */
  readonly since: number | null;
  readonly elements: string | null;
  readonly record: boolean;
  /** What was kept long enough is let go of after recording. */
  readonly prune: boolean;
  readonly users: UserForm;
  readonly database: DatabaseChoice;
  readonly stats: boolean;
  readonly verbose: boolean;
}

/** Which options go together. @throws UsageError where they do not */
export function logOptions(files: readonly string[], raw: RawLogOptions, now = Date.now() / 1000): LogCommandOptions {
  if (files.includes('') || raw.database === '') {
    throw new UsageError(`${files.includes('') ? 'a file' : '--database'} has an empty name`);
  }
  if (files.filter((file) => file === '-').length > 1) {
    throw new UsageError('standard input (-) can be read once only');
  }
  const follow = raw.follow ?? false;
  if (follow && files.length > 1) throw new UsageError('--follow takes one file: start one for each');
  if (raw.json === true && raw.format !== undefined && raw.format !== 'json') {
    throw new UsageError(`--json does not go with --format ${raw.format}`);
  }
  const format = raw.json === true ? 'json' : (raw.format ?? (outputIsTerminal() ? 'table' : 'ndjson'));
  if (!loginFormats.has(format)) throw new UsageError(`there is no format ${format}`);
  return {
    format,
    summary: raw.summary ?? false,
    follow,
    since: raw.since === undefined ? null : moment(raw.since, now),
    elements: raw.elements ?? null,
    record: raw.record ?? false,
    prune: raw.prune ?? true,
    users: raw.users ?? 'hmac',
    database: { path: raw.database ?? defaultDatabasePath(), explicit: raw.database !== undefined },
    stats: raw.stats ?? false,
    verbose: raw.verbose ?? false,
  };
}
