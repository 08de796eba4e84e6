import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../harness/command.js';

const DAY = 86_400;

let folder: string;
let database: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ja3-sensor-retention-'));
  database = join(folder, 'x.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

const record = (command: string, file: string, ...more: string[]) =>
  run([command, '--record', '--database', database, ...more, file]);

/** As if all that is there had been recorded so many days ago. */
function age(days: number): void {
  const connection = new Database(database);
  for (const table of ['observations', 'logins']) {
    connection.prepare(`UPDATE ${table} SET recorded_at = recorded_at - ?`).run(days * DAY);
  }
  connection.close();
}

function addresses(): { whole: number; cut: number; logins: number } {
  const connection = new Database(database, { readonly: true });
  const count = (sql: string) => connection.prepare<[], { n: number }>(sql).get()!.n;
  const found = {
    whole: count('SELECT count(*) AS n FROM observations WHERE cut = 0'),
    cut: count('SELECT count(*) AS n FROM observations WHERE cut = 1'),
    logins: count('SELECT count(*) AS n FROM logins'),
  };
  connection.close();
  return found;
}

describe.each([
  ['pcap', 'samples/hello-retry/hello-retry.pcapng'],
  ['log', 'samples/logs/dovecot-2.4.log'],
])('ja3-sensor %s --record', (command, file) => {
  it('cuts addresses after a week, though nobody prunes', async () => {
    await record('pcap', 'samples/mail-logins.pcapng');
    age(6);
    expect((await record(command, file)).stderr).not.toContain('kept long enough');
    const { whole } = addresses();
    age(2);
    const { stderr, code } = await record(command, file, '--stats');
    // Nothing but the statistics: a program reads them.
    expect(JSON.parse(stderr)).toBeTypeOf('object');
    expect(code).toBe(0);
    expect(addresses()).toMatchObject({ whole: whole - addresses().cut });
    expect(addresses().cut).toBeGreaterThanOrEqual(16);
  });

  it('leaves them with --no-prune', async () => {
    await record('pcap', 'samples/mail-logins.pcapng');
    age(8);
    await record(command, file, '--no-prune');
    expect(addresses().cut).toBe(0);
    expect((await record(command, file)).stderr).toContain('kept long enough: ');
    expect(addresses().cut).toBe(16);
  });
});

it('deletes logins after thirty days', async () => {
  await record('log', 'samples/logs/dovecot-2.4.log');
  const { logins } = addresses();
  age(31);
  const { stderr } = await record('pcap', 'samples/mail-logins.pcapng');
  expect(stderr).toContain(`${logins} rows deleted`);
  expect(addresses().logins).toBe(0);
});
