import { createHmac } from 'node:crypto';
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../../src/store/index.js';
import { temporaryFolder } from './folder.js';
import { label, login, observation } from './rows.js';

async function filled(): Promise<string> {
  const path = join(temporaryFolder(), 'sensor.db');
  const store = await openStore(path, { create: true });
  store.labels.seed([label()]);
  store.observations.record([observation(1)]);
  store.logins.record([login(1, { user: 'alice' })]);
  store.close();
  return path;
}

function refusal(path: string, what: string) {
  return { code: 'database_key', field: 'database', message: `database ${path}: its key file ${path}.key ${what}` };
}

describe('the key file', () => {
  it('is 64 hex digits for the owner alone, and another for every database', async () => {
    const [one, two] = [await filled(), await filled()];
    expect(readFileSync(`${one}.key`, 'latin1')).toMatch(/^[0-9a-f]{64}\n$/);
    expect(statSync(`${one}.key`).mode & 0o777).toBe(0o600);
    expect(readFileSync(`${one}.key`)).not.toEqual(readFileSync(`${two}.key`));
    expect(readdirSync(join(one, '..')).sort()).toEqual(['sensor.db', 'sensor.db.key']);
  });

  it('keys users as docs/database.md says', async () => {
    const path = await filled();
    const store = await openStore(path, { create: false });
    const secret = Buffer.from(readFileSync(`${path}.key`, 'latin1').trim(), 'hex');
    const key = createHmac('sha256', secret).update('ja3-sensor user').digest();
    const expected = createHmac('sha256', key).update('alice').digest('hex').slice(0, 32);
    expect(store.logins.list()).toMatchObject([{ userHash: expected }]);
    store.close();
  });

  it('is not needed to read, and its loss is one clear error for whoever records', async () => {
    const path = await filled();
    rmSync(`${path}.key`);
    const missing = refusal(
      path,
      'is missing: put it back, or begin a new one (ja3-sensor db new-key); until then it is only read',
    );
    await expect(openStore(path, { create: true })).rejects.toMatchObject(missing);
    expect(existsSync(`${path}.key`)).toBe(false);
    const store = await openStore(path, { create: false, readOnly: true });
    expect(store.labels.all()).toEqual([label()]);
    expect(store.logins.list()).toHaveLength(1);
    expect(store.fingerprints.top()).toHaveLength(2);
    expect(() => store.logins.exportUser('alice')).toThrow(expect.objectContaining(missing));
    store.close();
  });

  it.each(['', 'short', 'x'.repeat(64), `${'a'.repeat(64)}\n\n`])('is refused when it is none: %j', async (text) => {
    const path = await filled();
    writeFileSync(`${path}.key`, text);
    const refused = refusal(path, 'is none: 64 hex digits belong in it');
    await expect(openStore(path, { create: true })).rejects.toMatchObject(refused);
  });

  it('is refused when it is another database’s', async () => {
    const [path, other] = [await filled(), await filled()];
    writeFileSync(`${path}.key`, readFileSync(`${other}.key`));
    await expect(openStore(path, { create: true })).rejects.toMatchObject(refusal(path, 'is not its own'));
  });

  it.skipIf(process.getuid?.() === 0)('is refused where it may not be read (skipped as root, who may)', async () => {
    const path = await filled();
    chmodSync(`${path}.key`, 0);
    await expect(openStore(path, { create: true })).rejects.toMatchObject({ code: 'database_unreadable' });
  });

  it('can be begun anew: what was recorded stays, users of before cannot be told apart any more', async () => {
    const path = await filled();
    const before = readFileSync(`${path}.key`);
    rmSync(`${path}.key`);
    const store = await openStore(path, { create: false, newKey: true });
    expect(store.counts()).toMatchObject({ observations: 1, logins: 1 });
    expect(store.logins.list()).toMatchObject([{ userHash: null, session: 'session1' }]);
    store.logins.record([login(2, { user: 'alice' })]);
    expect(store.logins.exportUser('alice')).toHaveLength(1);
    // What the old key knew again, the new one does not.
    expect(store.observations.record([observation(1)])).toEqual({ added: 1, known: 0 });
    store.close();
    expect(readFileSync(`${path}.key`)).not.toEqual(before);
    const again = await openStore(path, { create: false });
    expect(again.logins.exportUser('alice')).toHaveLength(1);
    again.close();
  });

  it('is taken as it is where a process ended between making it and its database', async () => {
    const path = join(temporaryFolder(), 'sensor.db');
    const text = `${'0123456789abcdef'.repeat(4)}\n`;
    writeFileSync(`${path}.key`, text, { mode: 0o600 });
    (await openStore(path, { create: true })).close();
    expect(readFileSync(`${path}.key`, 'latin1')).toBe(text);
    (await openStore(path, { create: false })).close();
  });

  it('is not stored in the database', async () => {
    const path = await filled();
    const secret = readFileSync(`${path}.key`, 'latin1').trim();
    const file = readFileSync(path);
    expect(file.includes(secret) || file.includes(Buffer.from(secret, 'hex'))).toBe(false);
    const raw = new Database(path, { readonly: true });
    expect(raw.prepare('SELECT name, length(value) AS bytes FROM settings').all()).toEqual([
      { name: 'key_check', bytes: 16 },
    ]);
    raw.close();
  });
});

it('a process that was recording when a new key began goes on with that', async () => {
  const path = await filled();
  const recording = await openStore(path, { create: false });
  recording.logins.record([login(2, { user: 'alice' })]);
  const renewing = await openStore(path, { create: false, newKey: true });
  recording.logins.record([login(3, { user: 'alice' })]);
  expect(renewing.logins.exportUser('alice')).toHaveLength(1);
  expect(renewing.logins.forgetUser('alice')).toBe(1);
  recording.close();
  renewing.close();
});
