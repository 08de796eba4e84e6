import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { COMMAND, ROOT, run } from '../harness/command.js';
import type { Json } from '../harness/json-output.js';

const linesOf = (stdout: string): Json[] =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

/** The README's table: what is in each sample, counted by whoever made it. */
const samples = readFileSync('samples/lists/README.md', 'utf8')
  .split('\n')
  .map((line) => /^\| (\S+) \| `([\w-]+)` \|([^|]*)\|([^|]*)\|([^|]*)\|([^|]*)\|/.exec(line))
  .filter((match) => match !== null)
  .map(([, name, format, ...counts]) => ({
    file: `samples/lists/${name}`,
    format: format!,
    counts: counts.map((text) => Number.parseInt(text, 10) || 0),
  }));

/** util-linux's script runs a command on a terminal of its own. */
const SCRIPT = '/usr/bin/script';

let folder: string;
let database: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ja3-sensor-import-'));
  database = join(folder, 'new', 'x.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

const importAll = (...args: string[]) => run(['db', 'import', '--database', database, ...args]);
const status = async (): Promise<Json> =>
  linesOf((await run(['db', 'status', '--json', '--database', database])).stdout)[0];

/** What is imported twice: every row counts, and nothing changes the second time. */
async function twice(files: readonly string[]): Promise<Json[]> {
  const first = await importAll('--json', ...files);
  expect([first.code, first.stderr]).toEqual([0, '']);
  const rows = linesOf(first.stdout);
  expect(rows.map(({ file }) => file)).toEqual(files);
  const before = await status();
  const again = await importAll('--json', ...files);
  expect(again.code).toBe(0);
  for (const [i, row] of linesOf(again.stdout).entries()) {
    for (const kind of ['labels', 'observations']) {
      expect(row[kind], `${row.file} ${kind}`).toEqual({ added: 0, known: rows[i][kind].added + rows[i][kind].known });
    }
    expect([row.rejected, row.passed_over]).toEqual([rows[i].rejected, rows[i].passed_over]);
  }
  const { size: _, free: __, ...after } = await status();
  expect(before).toMatchObject(after);
  return rows;
}

describe('ja3-sensor db import', () => {
  it('imports a list of every format, once', async () => {
    const rows = await twice(samples.map(({ file }) => file));
    expect(rows).toHaveLength(14);
    for (const [i, { file, format, counts }] of samples.entries()) {
      const { labels, observations, rejected, passed_over } = rows[i];
      expect(rows[i]).toMatchObject({ type: 'imported', file, format });
      expect([labels.added + labels.known, observations.added + observations.known, rejected, passed_over]).toEqual(
        counts,
      );
    }
    expect(rows.find(({ format }) => format === 'trisul-json')).toMatchObject({ repaired: 3, record_version: 1 });
    const { labels, observations } = await status();
    // The shipped ones, and those of the lists that are not told twice.
    expect(labels).toBe(64 + rows.reduce((sum, row) => sum + row.labels.added, 0));
    expect(observations).toBe(rows.reduce((sum, row) => sum + row.observations.added, 0));
  });

  it.skipIf(!existsSync('../shared/data'))(
    'imports the lists of ../shared/data, once (skipped where they are not there)',
    async () => {
      const [salesforce, joy, clients] = await twice([
        '../shared/data/salesforce-osx-nix-ja3.csv',
        '../shared/data/joy_mail.tsv',
        '../shared/data/mail-clients.csv',
      ]);
      expect(salesforce).toMatchObject({ format: 'salesforce-csv', labels: { added: 157, known: 0 }, rejected: 0 });
      // Of the 222 rows 158 differ: several fingerprints in cisco's notation have one JA3.
      expect(joy).toMatchObject({ format: 'joy-tsv', labels: { added: 158, known: 64 }, rejected: 0 });
      expect(clients).toMatchObject({ format: 'ja3-sensor-labels-csv', rejected: 2 });
      expect(clients.labels.added + clients.labels.known).toBe(58);
      const vectors = await importAll('../shared/data/ja4_vectors.tsv');
      expect([vectors.code, vectors.stdout]).toEqual([1, '']);
      expect(vectors.stderr).toContain('is of no format that is known here; nothing of it was imported');
    },
  );

  it('lists rejected rows with their lines, in words and in JSON', async () => {
    const { code, stdout } = await importAll('--rejected', 'samples/lists/salesforce.csv');
    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual([
      'samples/lists/salesforce.csv:9: bad_hash: ja3_hash is no MD5',
      'samples/lists/salesforce.csv: hashes and names in the form of salesforce/ja3 (CSV): 4 labels added, 0 known already, 1 rejected, 1 passed over',
      '',
    ]);
    const [rejected, imported] = linesOf(
      (await importAll('--json', '--rejected', 'samples/lists/salesforce.csv')).stdout,
    );
    expect(rejected).toMatchObject({ type: 'rejected', line: 9, code: 'bad_hash', field: 'ja3_hash' });
    expect(imported).toMatchObject({ type: 'imported', rejected: 1, labels: { added: 0, known: 4 } });
  });

  it('reads standard input, and gives source and licence where a list has none', async () => {
    const input = Buffer.from('0123456789abcdef0123456789abcdef,"Example Mail"\n');
    const { code, stdout } = await run(
      ['db', 'import', '--database', database, '--source', 'ours', '--licence', 'CC0', '-'],
      { input },
    );
    expect([code, stdout]).toEqual([
      0,
      'standard input: hashes and names in the form of salesforce/ja3 (CSV): 1 label added, 0 known already, 0 rejected\n',
    ]);
    const { stdout: list } = await run(['db', 'label', 'list', '--json', '--database', database, '--source', 'ours']);
    expect(linesOf(list)[0].labels).toMatchObject([{ client: 'Example Mail', licence: 'CC0', kind: 'http' }]);
  });

  it('imports nothing of a list that breaks off, and goes on with the next', async () => {
    const cut = join(folder, 'cut.json');
    const whole = readFileSync('samples/lists/ja4db.json', 'utf8');
    writeFileSync(cut, `[${whole.slice(whole.indexOf('{'), whole.lastIndexOf('}') - 20)}`);
    const packed = join(folder, 'packed');
    writeFileSync(packed, gzipSync('x'));
    const { code, stdout, stderr } = await importAll(
      cut,
      packed,
      folder,
      join(folder, 'missing'),
      'samples/lists/joy.tsv',
    );
    expect(code).toBe(1);
    expect(stdout.split('\n')).toHaveLength(2);
    expect(stdout).toContain('joy.tsv: ');
    expect(stderr.split('\n').map((line) => /: ([^:]*); nothing of it was imported$/.exec(line)?.[1])).toEqual([
      expect.stringContaining('ends'),
      'unpack it, as with gzip -dc',
      'is a directory',
      'no such file',
      undefined,
    ]);
    expect((await status()).labels).toBe(64 + 4);
  });

  it('ends with 1 where a list has no row that can be used', async () => {
    const bad = join(folder, 'bad.csv');
    writeFileSync(bad, 'client,ja3_hash\nExample Mail,nonsense\n');
    const { code, stdout, stderr } = await importAll(bad);
    expect([code, stdout]).toEqual([1, expect.stringContaining('1 rejected')]);
    expect(stderr).toContain('no row of it can be used (--rejected tells why)');
  });

  it.each([
    [['-', '-'], 'standard input (-) can be read once only'],
    [[''], 'a file has an empty name'],
    [[], "missing required argument 'file'"],
  ])('ends %j with 2, and makes no database', async (args, reason) => {
    const { code, stderr } = await importAll(...args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(reason)]);
    expect(existsSync(database)).toBe(false);
  });
});

describe('ja3-sensor db export', () => {
  it('gives labels that are the same when they are imported, as CSV and as JSON lines', async () => {
    await importAll('samples/lists/joy.tsv', 'samples/lists/labels.csv');
    const exported = await run(['db', 'export', 'labels', '--database', database]);
    expect(exported.code).toBe(0);
    const other = join(folder, 'other.db');
    const again = await run(['db', 'import', '--json', '--database', other, '-'], {
      input: Buffer.from(exported.stdout),
    });
    expect(linesOf(again.stdout)[0]).toMatchObject({ format: 'ja3-sensor-labels-csv', rejected: 0 });
    const ndjson = await run(['db', 'export', 'labels', '--json', '--database', database]);
    const rows = new Set(ndjson.stdout.split('\n'));
    const theirs = await run(['db', 'export', 'labels', '--format', 'ndjson', '--database', other]);
    expect(new Set(theirs.stdout.split('\n'))).toEqual(rows);
    expect(rows.size).toBe((await status()).labels + 1);
  });

  it.skipIf(!existsSync(SCRIPT))(
    'escapes names on a terminal, and there only (needs script, of util-linux)',
    async () => {
      const name = 'Mail\u001b[31m\u202eliaM';
      await run(['db', 'label', 'add', '--database', database, '--view', 'ja3', name, '0'.repeat(32)]);
      const words = ['db', 'export', 'labels', '--source', 'operator', '--database', database];
      expect((await run(words)).stdout).toContain(name);
      const line = [...COMMAND, ...words].map((word) => `'${word}'`).join(' ');
      const { stdout, status: code } = spawnSync(SCRIPT, ['-qec', line, '/dev/null'], { cwd: ROOT, encoding: 'utf8' });
      expect(code).toBe(0);
      expect(stdout).toContain('Mail\\x1b[31m\\u202eliaM');
      for (const character of ['\u001b', '\u202e']) expect(stdout).not.toContain(character);
    },
  );

  it("gives salesforce's form, one source alone, and the package's labels without a database", async () => {
    const { code, stdout } = await run([
      'db',
      'export',
      'labels',
      '--format',
      'salesforce',
      '--source',
      'dovecot-docs',
    ]);
    // Three labels known by their ssl_ja3: none has a ja3.
    expect([code, stdout]).toEqual([0, '']);
    const all = await run(['db', 'export', 'labels', '--format', 'salesforce']);
    expect(all.stdout).toMatch(/^f35ce21b44ac0b87d3266294bb1b0e20,".*mutt,neomutt.*"$/m);
    expect(await run(['db', 'export', 'labels', '--source', 'nobody'])).toMatchObject({ code: 1, stdout: '' });
  });

  it('gives away fingerprints that enough clients sent, and says how many it holds back', async () => {
    await run(['pcap', '--record', '--database', database, 'samples/mail-logins.pcapng']);
    const few = await run(['db', 'export', 'fingerprints', '--database', database]);
    // The sample has three clients.
    expect([few.code, few.stdout]).toEqual([1, '']);
    expect(few.stderr).toMatch(/0 fingerprints; \d+ held back, which fewer than 5 clients sent/);
    const { code, stdout } = await run(['db', 'export', 'fingerprints', '--clients', '2', '--database', database]);
    expect(code).toBe(0);
    const { hellos } = JSON.parse(readFileSync('samples/expected.json', 'utf8'));
    const bySource = new Map<string, Set<string>>();
    for (const { ja3_hash, src_ip } of hellos as Json[]) {
      bySource.set(ja3_hash, new Set([...(bySource.get(ja3_hash) ?? []), src_ip]));
    }
    const expected = [...bySource].filter(([, sources]) => sources.size >= 2).map(([hash]) => hash);
    expect(linesOf(stdout).map(({ ja3_hash }) => ja3_hash)).toEqual(expect.arrayContaining(expected));
    expect(linesOf(stdout)).toHaveLength(expected.length);
    for (const secret of ['198.51.100', 'example.org']) expect(stdout).not.toContain(secret);
    expect((await run(['db', 'export', 'fingerprints', '--clients', '1', '--database', database])).code).toBe(2);
  });

  it.each([
    [['names'], 'Allowed choices are labels, fingerprints'],
    [['labels', '--clients', '5'], '--clients is for fingerprints'],
    [['fingerprints', '--source', 'x'], '--source is for labels'],
    [['fingerprints', '--format', 'csv'], 'fingerprints have one format'],
    [['labels', '--json', '--format', 'csv'], '--json does not go with --format csv'],
  ])('ends %j with 2 and says why', async (args, reason) => {
    const { code, stdout, stderr } = await run(['db', 'export', ...args]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(reason);
  });
});
