import { fileURLToPath } from 'node:url';

/**
 * The package's db/ folder lies two levels above this file, in src/store and in dist/store alike. Here, and nowhere else, is that known.
 */
const DB_FOLDER = new URL('../../db/', import.meta.url);

/** Numbered SQL files, `0001_initial.sql` and on. */
export const MIGRATIONS_FOLDER: string = fileURLToPath(new URL('migrations/', DB_FOLDER));
