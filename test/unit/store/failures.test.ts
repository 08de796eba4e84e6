import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SensorError } from '../../../src/errors.js';
import type { PolicyBatch } from '../../../src/model/index.js';
import { openStore, type Store } from '../../../src/store/index.js';
import { temporaryFolder } from './folder.js';
import { batch, heards, key, seen, usual } from './policy-rows.js';
import { label, login, observations } from './rows.js';
import { makeReadOnly, mayMount, smallDisk } from './small-disk.js';

const MAY_MOUNT = mayMount();

/** A database with a label and `count` observations in it, closed. */
async function filled(folder: string, count = 500): Promise<string> {
  const path = join(folder, 'sensor.db');
  const store = await openStore(path, { create: true });
  store.labels.seed([label()]);
  store.observations.record(observations(0, count));
  store.logins.record([login(1)]);
  store.policy.write(everyKind(0));
  store.close();
  return path;
}

/** Rows of every table of the policy. */
function everyKind(number: number): PolicyBatch {
  const evidence = [{ condition: 'users', found: 7, numbers: { at_least: 5 } }];
  return batch({
    heard: heards(number, 30).map((row) => ({ ...row, evidence, ignored: { action: 'tarpit', seconds: 3 } })),
    userClients: [{ userKey: key(number), device: key(1), ...seen(1, 2) }],
    userNetworks: [{ userKey: key(number), network: '192.0.2.0/24', ...seen(1, 2) }],
    devices: [{ device: `device ${number}`, ...seen(1, 2), failed: 0 }],
    usual: [usual('users per network in 60 s', `${number}`, 5)],
    listed: [{ list: 'block', ip: `192.0.2.${number}`, login: null, ja3: null, expires: 9_999_999_999, reason: '' }],
  });
}

/** One clear error: our class, field `database`, one line that names the file. */
function refusal(code: string, path: string) {
  return {
    name: 'SensorError',
    code,
    field: 'database',
    message: expect.stringMatching(new RegExp(`^database ${path}: [^\n]+$`)),
  };
}

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('a locked database', () => {
  it('refuses the writer that waited long enough, and still answers the reader', async () => {
    const path = await filled(temporaryFolder());
    const store = await openStore(path, { create: false, busyTimeoutMs: 20 });
    const other = new Database(path);
    other.exec('BEGIN IMMEDIATE');
    expect(thrownBy(() => store.observations.record(observations(1_000, 1)))).toMatchObject(
      refusal('database_locked', path),
    );
    expect(thrownBy(() => store.labels.seed([label({ client: 'new' })]))).toMatchObject(
      refusal('database_locked', path),
    );
    expect(store.labels.all()).toHaveLength(1);
    other.exec('ROLLBACK');
    other.close();
    expect(store.observations.record(observations(1_000, 1))).toEqual({ added: 1, known: 0 });
    store.close();
  });

  it('is refused while it is being made by another', async () => {
    const path = join(temporaryFolder(), 'sensor.db');
    const other = new Database(path);
    other.exec('BEGIN EXCLUSIVE');
    await expect(openStore(path, { create: true, busyTimeoutMs: 20 })).rejects.toMatchObject(
      refusal('database_locked', path),
    );
    other.close();
  });
});

describe('a database of another make', () => {
  it('is refused when a newer version wrote it, and not changed', async () => {
    const path = await filled(temporaryFolder());
    const raw = new Database(path);
    raw.pragma('user_version = 99');
    raw.close();
    for (const readOnly of [false, true]) {
      const refused = refusal('database_newer', path);
      await expect(openStore(path, { create: true, readOnly })).rejects.toMatchObject(refused);
    }
    const after = new Database(path);
    expect(after.pragma('user_version', { simple: true })).toBe(99);
    after.close();
  });

  it.each(['CREATE TABLE moz_places (id INTEGER)', 'PRAGMA user_version = 7'])(
    'is refused when it is another program’s: %s',
    async (sql) => {
      const path = join(temporaryFolder(), 'places.sqlite');
      const raw = new Database(path);
      raw.exec(sql);
      raw.close();
      const before = readFileSync(path);
      const refused = refusal('database_foreign', path);
      await expect(openStore(path, { create: true, readOnly: true })).rejects.toMatchObject(refused);
      await expect(openStore(path, { create: true })).rejects.toMatchObject(refused);
      expect(readFileSync(path)).toEqual(before);
    },
  );

  it('is refused when it is no database at all', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'notes.txt');
    writeFileSync(path, 'not a database, but long enough to be taken for one at first sight\n'.repeat(20));
    await expect(openStore(path, { create: true })).rejects.toMatchObject(refusal('database_damaged', path));
    await expect(openStore(folder, { create: true })).rejects.toMatchObject(refusal('database_unreadable', folder));
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    await expect(openStore(pipe, { create: true })).rejects.toMatchObject(refusal('database_unreadable', pipe));
    const below = join(path, 'sensor.db');
    await expect(openStore(below, { create: true })).rejects.toMatchObject(refusal('database_unreadable', below));
  });
});

describe('a damaged database', () => {
  /** Uses every part of a store; what it throws, if anything. */
  async function useAll(path: string): Promise<unknown> {
    let store: Store | undefined;
    try {
      store = await openStore(path, { create: false });
      store.labels.all();
      store.counts();
      store.labels.references();
      store.labels.seed([label({ client: 'new' })]);
      store.observations.record(observations(0, 600));
      store.logins.record([login(0), login(1)], 'plain');
      store.logins.list({ fingerprintId: 1 });
      store.policy.write(everyKind(1));
      const { policy } = store;
      policy.heardOf('session1');
      policy.sessions('s');
      policy.ofUser('alice');
      for (const all of [policy.userClients(), policy.userNetworks(), policy.devices(), policy.usual()])
        Array.from<unknown>(all);
      for (const all of [policy.listed(), policy.heard(0), policy.recorded(0)]) Array.from<unknown>(all);
      for (const id of [1, 2]) {
        store.fingerprints.detail(id);
        store.fingerprints.series(id, { step: 'day' });
      }
      store.fingerprints.top({ since: 0 });
      store.fingerprints.search('example');
      for (const all of [store.exports.fingerprints(), store.exports.observations(), store.exports.logins()])
        Array.from<unknown>(all);
      store.upkeep.status();
      store.logins.forgetUser(login(0).user ?? '');
      await store.upkeep.prune(Date.now() / 1000 + 10 * 86_400);
      return undefined;
    } catch (error) {
      return error;
    } finally {
      store?.close();
    }
  }

  it('is refused wherever it is cut off', async () => {
    const path = await filled(temporaryFolder());
    const whole = readFileSync(path);
    for (let size = 1; size < whole.length; size += 1_301) {
      writeFileSync(path, whole);
      truncateSync(path, size);
      expect(await useAll(path), `cut to ${size} bytes`).toMatchObject(refusal('database_damaged', path));
    }
  });

  it('never throws anything but the coded error, whichever bit is flipped', async () => {
    const folder = temporaryFolder();
    const path = await filled(folder, 50);
    const whole = readFileSync(path);
    const flipped = join(folder, 'flipped.db');
    copyFileSync(`${path}.key`, `${flipped}.key`);
    const codes = new Map<string, number>();
    // Every byte of the file's header and of each page's, and of the rest one in a prime number.
    const step = (byte: number) => (byte < 100 || byte % 4096 < 8 ? 1 : 769);
    for (let byte = 0; byte < whole.length; byte += step(byte)) {
      const bytes = Uint8Array.from(whole);
      bytes[byte]! ^= 1 << (byte % 8);
      writeFileSync(flipped, bytes);
      const error = await useAll(flipped);
      if (error === undefined) continue;
      expect(error, `byte ${byte}`).toBeInstanceOf(SensorError);
      const { code, field, message } = error as SensorError;
      expect(field).toBe('database');
      expect(message).toContain(flipped);
      codes.set(code, (codes.get(code) ?? 0) + 1);
    }
    expect(codes.get('database_damaged')).toBeGreaterThan(20);
    // The header also holds the schema's number, the application's mark and the format's number.
    const possible = [
      'database_damaged',
      'database_foreign',
      'database_key',
      'database_newer',
      'database_read_only',
      'database_unreadable',
    ];
    for (const code of codes.keys()) expect(possible).toContain(code);
  });

  it('is noticed where a flipped bit makes a number of a text', async () => {
    const path = await filled(temporaryFolder());
    const raw = new Database(path);
    // What STRICT would refuse, a flip does: here the type is changed behind its back.
    raw.unsafeMode();
    raw.pragma('writable_schema = ON');
    raw.exec("UPDATE sqlite_schema SET sql = replace(sql, 'client TEXT', 'client ANY') WHERE name = 'labels'");
    raw.close();
    const loose = new Database(path);
    loose.exec('UPDATE labels SET client = 42');
    loose.close();
    const store = await openStore(path, { create: false, readOnly: true });
    expect(thrownBy(() => store.labels.all())).toMatchObject(refusal('database_damaged', path));
    store.close();
  });
});

describe('a cell that is not what was written', () => {
  const COLUMNS: readonly (readonly [table: string, column: string, cell: string])[] = [
    ['heard', 'effect', "'permit'"],
    ['heard', 'effect', "'tarpit -3'"],
    ['heard', 'ignored', "'tarpit 99999999999'"],
    ['heard', 'source', "'gossip'"],
    ['heard', 'outcome', "'won'"],
    ['heard', 'evidence', "'{}'"],
    ['heard', 'evidence', '\'[{"condition":1,"found":1,"numbers":{}}]\''],
    ['heard', 'evidence', '\'[{"condition":"a","found":null,"numbers":{}}]\''],
    ['heard', 'evidence', '\'[{"condition":"a","found":1,"numbers":{"b":"c"}}]\''],
    ['heard', 'evidence', "'[null]'"],
    ['heard', 'evidence', "'[' || substr(hex(zeroblob(40000)), 2) || ']'"],
    ['heard', 'client_id', "'[[1,2]]'"],
    ['heard', 'client_id', 'hex(zeroblob(40000))'],
    ['heard', 'device', '7'],
    ['user_clients', 'device', '7'],
    ['devices', 'device', '7.5'],
    ['listed', 'list', "'grey'"],
  ];

  it.each(COLUMNS)('of %s.%s makes the database a damaged one: %s', async (table, column, cell) => {
    const path = await filled(temporaryFolder(), 1);
    const raw = new Database(path);
    raw.exec(`UPDATE ${table} SET ${column} = ${cell}`);
    raw.close();
    const store = await openStore(path, { create: false, readOnly: true });
    onTestFinished(() => store.close());
    const { policy } = store;
    const tables: Readonly<Record<string, () => Iterable<unknown>>> = {
      heard: () => policy.heard(0),
      user_clients: () => policy.userClients(),
      devices: () => policy.devices(),
      listed: () => policy.listed(),
    };
    expect(thrownBy(() => Array.from(tables[table]!()))).toMatchObject(refusal('database_damaged', path));
    if (table === 'heard') {
      const session = 'session7';
      expect(thrownBy(() => policy.heardOf(session))).toMatchObject(refusal('database_damaged', path));
    }
  });
});

describe('a place that cannot be written', () => {
  it.skipIf(!MAY_MOUNT)(
    'refuses to record on a read-only file system (skipped where mounting is not allowed)',
    async () => {
      const disk = smallDisk();
      const path = await filled(disk, 10);
      makeReadOnly(disk);
      const refused = refusal('database_read_only', path);
      await expect(openStore(path, { create: true })).rejects.toMatchObject(refused);
      const absent = join(disk, 'new', 'sensor.db');
      await expect(openStore(absent, { create: true })).rejects.toMatchObject(refusal('database_read_only', absent));
    },
  );

  it.skipIf(process.getuid?.() === 0)(
    'refuses to record in a folder without the right to (skipped as root, who has it)',
    async () => {
      const folder = temporaryFolder();
      const path = await filled(folder, 10);
      chmodSync(path, 0o400);
      chmodSync(folder, 0o500);
      const absent = join(folder, 'new.db');
      await expect(openStore(absent, { create: true })).rejects.toMatchObject({ field: 'database' });
      await expect(openStore(path, { create: true })).rejects.toMatchObject(refusal('database_read_only', path));
      chmodSync(folder, 0o700);
    },
  );
});

describe('a full disk', () => {
  it.skipIf(!MAY_MOUNT)(
    'keeps what was acknowledged, and says what happened (skipped where mounting is not allowed)',
    async () => {
      const path = join(smallDisk(), 'sensor.db');
      const store = await openStore(path, { create: true });
      store.labels.seed([label()]);
      let acknowledged = 0;
      let error: unknown;
      while (error === undefined) {
        error = thrownBy(() => {
          acknowledged += store.observations.record(observations(acknowledged, 100)).added;
        });
      }
      expect(error).toMatchObject(refusal('disk_full', path));
      expect(acknowledged).toBeGreaterThan(100);
      expect(store.counts().observations).toBe(acknowledged);
      store.close();
      const again = await openStore(path, { create: false, readOnly: true });
      expect(again.counts()).toEqual({ fingerprints: 100, labels: 1, observations: acknowledged, logins: 0 });
      again.close();
    },
  );

  it.skipIf(!MAY_MOUNT)(
    'takes nothing of an import that does not fit (skipped where mounting is not allowed)',
    async () => {
      const path = join(smallDisk(), 'sensor.db');
      const store = await openStore(path, { create: true });
      store.observations.record(observations(0, 100));
      const file = store.startImport();
      file.labels([label()]);
      const error = thrownBy(() => {
        file.observations(observations(1_000, 30_000));
        file.commit();
      });
      expect(error).toMatchObject(refusal('disk_full', path));
      expect(store.counts()).toEqual({ fingerprints: 100, labels: 0, observations: 100, logins: 0 });
      expect(store.observations.record(observations(100, 1)).added).toBe(1);
      store.close();
    },
  );

  it.skipIf(!MAY_MOUNT)('has no room for a new database (skipped where mounting is not allowed)', async () => {
    const disk = smallDisk();
    writeFileSync(join(disk, 'ballast'), new Uint8Array(2 ** 20 - 8_192));
    const path = join(disk, 'sensor.db');
    await expect(openStore(path, { create: true })).rejects.toMatchObject(refusal('disk_full', path));
  });
});
