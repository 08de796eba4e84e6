import { closeSync, openSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Database } from './database.js';
import { storeError, translate } from './errors.js';
import { BACKUP_PAGES } from './limits.js';
import type { BackupOptions } from './surface/index.js';

/** More pages than a file can have. */
const ALL_PAGES = 0x7fff_ffff;

/**
 * Copies a database that is in use. Where another process writes between two steps SQLite begins again, and would for ever; after twice the steps that are needed
 * the rest is copied in one, which keeps nobody from writing but lets this process do nothing else.
 */
export async function backup(
  { connection, path }: Database,
  target: string,
  { onProgress }: BackupOptions,
): Promise<void> {
  const file = resolve(target);
  makeTarget(file);
  let steps = 0;
  try {
    await connection.backup(file, {
      progress: ({ totalPages, remainingPages }) => {
        onProgress?.({ total: totalPages, remaining: remainingPages });
        steps++;
        return steps > 2 * Math.ceil(totalPages / BACKUP_PAGES) ? ALL_PAGES : BACKUP_PAGES;
      },
    });
  } catch (error) {
    for (const part of [file, `${file}-journal`]) rmSync(part, { force: true });
    throw translate(error, isAtTarget(error) ? file : path);
  }
}

/** Whoever makes the file owns it: nothing that is there is written over, and nobody else may read it from the first byte on. */
function makeTarget(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') {
      throw storeError('backup_exists', file, 'there is a file of that name already', error);
    }
    throw translate(error, file);
  }
}

/** Of the two files only the new one is written. */
function isAtTarget(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    (error.code === 'SQLITE_FULL' || String(error.code).startsWith('SQLITE_IOERR'))
  );
}
