import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { build } from 'esbuild';
import { parse, stringify } from 'yaml';

const root = new URL('../../', import.meta.url);

export const COMMAND = fileURLToPath(new URL('dist/cli/main.js', root));

export interface PolicyFile {
  readonly path: string;
  readonly database: string;
  readonly log: string;
  readonly port: number;
  readonly password: string;
}

/** The sample's rules, as they are, and beside them what a benchmark needs. */
export function writePolicyFile({ path, database, log, port, password }: PolicyFile): void {
  const sample = parse(readFileSync(new URL('samples/config/policy.yaml', root), 'utf8')) as object;
  const own = {
    listen: `127.0.0.1:${port}`,
    database,
    log,
    ask: { password },
    rate: { per_second: 1_000_000, burst: 1_000_000 },
  };
  writeFileSync(path, stringify({ ...sample, ...own }), { mode: 0o600 });
}

/** The server that decides nothing, in one file. */
export async function bundleServer(path: string): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(new URL('server.ts', import.meta.url))],
    outfile: path,
    bundle: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'error',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
}

export interface TableSize {
  readonly name: string;
  readonly rows: number;
  /** With its indexes. */
  readonly bytes: number;
}

/** A database file and its largest tables. */
export function sizesOf(path: string): { readonly bytes: number; readonly tables: readonly TableSize[] } {
  const database = new Database(path, { readonly: true });
  try {
    const tables = database
      .prepare<[], Omit<TableSize, 'rows'>>(
        `SELECT tbl_name AS name, sum(pgsize) AS bytes FROM dbstat('main', 1) JOIN sqlite_schema USING (name) GROUP BY tbl_name ORDER BY bytes DESC LIMIT 5`,
      )
      .all()
      .map((table) => ({ ...table, rows: rowsOf(database, table.name) }));
    const size = (file: string) => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    return { bytes: size(path) + size(`${path}-wal`), tables };
  } finally {
    database.close();
  }
}

function rowsOf(database: Database.Database, table: string): number {
  return database.prepare<[], { n: number }>(`SELECT count(*) AS n FROM ${table}`).get()!.n;
}

/** Logins that were heard from a moment on. @param since milliseconds */
export function heardSince(path: string, since: number): number {
  const database = new Database(path, { readonly: true });
  try {
    return database.prepare<[number], { n: number }>('SELECT count(*) AS n FROM heard WHERE id >= ? * 1024').get(since)!
      .n;
  } finally {
    database.close();
  }
}
