import { defaultDatabasePath } from '../../database-path.js';
import { UsageError } from '../../exit-codes.js';
import type { DatabaseChoice } from '../../label-source.js';

/** What every command of `db` has, as the parser of arguments leaves it. */
export interface RawDbOptions {
  readonly database?: string;
  readonly json?: boolean;
}

export interface DbOptions {
  readonly database: DatabaseChoice;
  readonly json: boolean;
}

/** @throws UsageError */
export function dbOptions({ database, json }: RawDbOptions): DbOptions {
  if (database === '') throw new UsageError('--database has an empty name');
  return {
    database: { path: database ?? defaultDatabasePath(), explicit: database !== undefined },
    json: json ?? false,
  };
}

/** @throws UsageError where it is no whole number of the range */
export function numberOption(option: string, text: string, least: number, most: number): number {
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(number >= least && number <= most)) throw new UsageError(`${option} is a number from ${least} to ${most}`);
  return number;
}

/** @throws UsageError */
export function portOption(text: string): number {
  return numberOption('--port', text, 1, 65_535);
}

/** Rows that a question may ask for. */
const MOST_ROWS = 10_000;

/** @throws UsageError */
export function limitOption(text: string): number {
  return numberOption('--limit', text, 1, MOST_ROWS);
}
