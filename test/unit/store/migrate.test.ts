import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { MIGRATIONS_FOLDER } from '../../../src/store/db-folder.js';
import { openStore } from '../../../src/store/index.js';
import { readMigrations } from '../../../src/store/migrate.js';
import { temporaryFolder } from './folder.js';
import { batch, heards } from './policy-rows.js';
import { label, MUTT, observation, seenLogin, shape } from './rows.js';
import { migrationsAnd, schemaOf, writeSchema, writeSchema1 } from './schema1.js';

/** The 1,000 rows of a database that version 0.1.0 wrote: five days of hours, two shapes, some with STARTTLS, some before 1970. */
const OLD_ROWS = Array.from({ length: 1_000 }, (_, number) =>
  observation(number, {
    timestamp: { seconds: (number - 100) * 431, nanoseconds: 999_999_999, digits: 9 },
    fingerprint: number % 2 === 0 ? MUTT : shape(7),
    starttls: number % 3 === 0 ? 'imap' : null,
    sni: number % 5 === 0 ? null : `${number % 5}.example`,
  }),
);

describe('migrations', () => {
  it('are numbered from 1 without gaps', () => {
    const numbers = readMigrations(MIGRATIONS_FOLDER).map(({ number }) => number);
    expect(numbers[0]).toBe(1);
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  });

  it('are refused with a gap, or when there are none', () => {
    const folder = temporaryFolder();
    expect(() => readMigrations(folder)).toThrow('no migrations');
    writeFileSync(join(folder, '0001_first.sql'), '');
    writeFileSync(join(folder, '0003_third.sql'), '');
    expect(() => readMigrations(folder)).toThrow('0003_third.sql should have number 2');
  });

  it('bring an older database up to date and keep what is in it', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'sensor.db');
    const before = await openStore(path, { create: true });
    before.labels.seed([label()]);
    before.close();
    const schema = Number(schemaOf(path));
    const migrations = migrationsAnd(join(folder, 'm'), 'CREATE TABLE one (a);', 'CREATE TABLE two (a);');
    // Read only, nothing is changed: the older schema is refused.
    const reading = openStore(path, { create: false, readOnly: true, migrations });
    await expect(reading).rejects.toMatchObject({ code: 'database_older', field: 'database' });
    expect(schemaOf(path)).toBe(schema);
    const after = await openStore(path, { create: false, migrations });
    expect(after.labels.all()).toEqual([label()]);
    after.close();
    expect(schemaOf(path)).toBe(schema + 2);
    // And what the newer one wrote, the older one refuses.
    await expect(openStore(path, { create: false })).rejects.toMatchObject({ code: 'database_newer' });
  });

  it('change nothing when one of them fails', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'sensor.db');
    (await openStore(path, { create: true })).close();
    const schema = schemaOf(path);
    const migrations = migrationsAnd(join(folder, 'm'), 'CREATE TABLE one (a);', 'INSERT INTO nowhere VALUES (1);');
    await expect(openStore(path, { create: false, migrations })).rejects.toMatchObject({ field: 'database' });
    expect(schemaOf(path)).toBe(schema);
    const again = await openStore(path, { create: false });
    expect(again.counts().observations).toBe(0);
    again.close();
  });
});

describe('a database of schema 1', () => {
  it('is brought up to date with everything in it', async () => {
    const path = join(temporaryFolder(), 'sensor.db');
    writeSchema1(path, OLD_ROWS, 1_760_000_000);
    const store = await openStore(path, { create: false });
    expect(store.labels.all()).toEqual([label()]);
    expect(store.counts()).toEqual({ fingerprints: 2, labels: 1, observations: 1_000, logins: 0 });
    // Known again, by keys that were not computed from the row.
    expect(store.observations.record(OLD_ROWS)).toEqual({ added: 0, known: 1_000 });
    const stored = [...store.exports.observations()];
    expect(stored.map(({ time, src, dst, starttls, sni }) => [time, src, dst, starttls, sni])).toEqual(
      OLD_ROWS.map(({ timestamp, src, dst, starttls, sni }) => [timestamp, src, dst, starttls, sni]),
    );
    expect(new Set(stored.map(({ recordedAt }) => recordedAt))).toEqual(new Set([1_760_000_000]));
    const [mutt] = store.fingerprints.find(MUTT.ja3?.hash ?? '');
    expect(mutt).toMatchObject({ id: 1, whole: true, hellos: 500, firstSeen: -100 * 431, lastSeen: 898 * 431 });
    expect(store.fingerprints.detail(1)?.serverNames.reduce((sum, { hellos }) => sum + hellos, 0)).toBe(400);
    store.close();
  });

  it('counts afterwards what a new one counts of the same rows', async () => {
    const folder = temporaryFolder();
    const [old, fresh] = [join(folder, 'old.db'), join(folder, 'new.db')];
    writeSchema1(old, OLD_ROWS, 1_760_000_000);
    const migrated = await openStore(old, { create: false });
    const recorded = await openStore(fresh, { create: true });
    recorded.observations.record(OLD_ROWS);
    for (const id of [1, 2]) {
      expect(migrated.fingerprints.detail(id)).toEqual(recorded.fingerprints.detail(id));
      for (const step of ['hour', 'day'] as const) {
        expect(migrated.fingerprints.series(id, { step })).toEqual(recorded.fingerprints.series(id, { step }));
      }
    }
    migrated.close();
    recorded.close();
    // And both have the same tables, indexes and columns.
    const schema = (path: string) => {
      const raw = new Database(path, { readonly: true });
      const sql = raw.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY type, name').all();
      raw.close();
      return sql;
    };
    expect(schema(old)).toEqual(schema(fresh));
  });

  it('is read only when it is up to date, and has no key file before', async () => {
    const path = join(temporaryFolder(), 'sensor.db');
    writeSchema1(path, OLD_ROWS, 1_760_000_000);
    await expect(openStore(path, { create: false, readOnly: true })).rejects.toMatchObject({ code: 'database_older' });
    expect(existsSync(`${path}.key`)).toBe(false);
  });

  it.each([1, 2, 500, 1_000])(
    'is still one when the migration is killed at row %i, and migrates the next time',
    async (row) => {
      const path = join(temporaryFolder(), 'sensor.db');
      writeSchema1(path, OLD_ROWS, 1_760_000_000);
      const script = fileURLToPath(new URL('migrating.ts', import.meta.url));
      const child = spawn(process.execPath, ['--import', 'tsx', script, path, String(row)], { stdio: 'inherit' });
      const [, signal] = await once(child, 'close');
      expect(signal).toBe('SIGKILL');
      expect(schemaOf(path)).toBe(1);
      const store = await openStore(path, { create: false });
      expect(store.observations.record(OLD_ROWS)).toEqual({ added: 0, known: 1_000 });
      expect(store.fingerprints.top().map(({ hellos }) => hellos)).toEqual([500, 500]);
      store.close();
    },
  );
});

describe.each([2, 3] as const)('a database of schema %i', (schema) => {
  const logins = Array.from({ length: 50 }, (_, number) => ({
    time_s: 1_700_000_000 + number,
    session: `session${number}`,
    outcome: number % 10 === 9 ? 'failed' : 'succeeded',
  }));

  it('is brought up to date with everything in it, and takes what a proxy knows and a policy says', async () => {
    const path = join(temporaryFolder(), 'sensor.db');
    writeSchema(schema, path, OLD_ROWS, logins);
    expect(schemaOf(path)).toBe(schema);
    const key = readFileSync(`${path}.key`);
    const store = await openStore(path, { create: false });
    expect(readFileSync(`${path}.key`)).toEqual(key);
    expect(store.counts()).toEqual({ fingerprints: 2, labels: 1, observations: 1_000, logins: 50 });
    expect(store.observations.record(OLD_ROWS)).toEqual({ added: 0, known: 1_000 });
    expect(
      [...store.exports.logins()].map(({ time, session, outcome, listener, clientId }) => [
        time.seconds,
        session,
        outcome,
        listener,
        clientId,
      ]),
    ).toEqual(logins.map(({ time_s, session, outcome }) => [time_s, session, outcome, null, null]));
    expect(store.logins.record([seenLogin(60)])).toEqual({ added: 1, known: 0 });
    expect(store.logins.list({ limit: 1 })).toMatchObject([{ listener: 'imaps', sni: 'imap.example.org' }]);
    expect([...store.policy.recorded(0)].map(({ session }) => session)).toEqual([
      ...logins.map(({ session }) => session),
      'session60',
    ]);
    expect(store.policy.counts()).toMatchObject({ heard: 0, listed: 0 });
    store.policy.write(batch({ heard: heards(0, 20) }));
    // The hello was recorded long before: what the told hashes were made of is known.
    const views = { ja3: MUTT.ja3, sslJa3: MUTT.sslJa3['3.0'] };
    expect([...store.policy.heard(0)]).toEqual(
      heards(0, 20).map((row) => ({ ...row, views: { ...row.views, ...views } })),
    );
    expect(store.policy.counts().heard).toBe(20);
    store.close();
  });

  it('is still one when the migration is killed before its end, and migrates the next time', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'sensor.db');
    writeSchema(schema, path, OLD_ROWS, logins);
    // The columns and tables are there, uncommitted, when the step behind them is killed.
    const migrations = migrationsAnd(join(folder, 'm'), "CREATE TABLE one AS SELECT keyed_observation(x'00') AS a;");
    const script = fileURLToPath(new URL('migrating.ts', import.meta.url));
    const child = spawn(process.execPath, ['--import', 'tsx', script, path, '1', migrations], { stdio: 'inherit' });
    const [, signal] = await once(child, 'close');
    expect(signal).toBe('SIGKILL');
    expect(schemaOf(path)).toBe(schema);
    const store = await openStore(path, { create: false });
    expect(store.counts().logins).toBe(50);
    expect(store.logins.record([seenLogin(60)])).toEqual({ added: 1, known: 0 });
    store.policy.write(batch({ heard: heards(0, 20) }));
    expect(store.policy.counts().heard).toBe(20);
    store.close();
  });
});
