import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DEFAULT_RETENTION, openStore, type Store } from '../../../src/store/index.js';
import { temporaryFolder } from './folder.js';
import { login, MUTT, observation, observations, partly } from './rows.js';

const DAY = 86_400;
const now = () => Math.floor(Date.now() / 1000);

async function emptyStore(): Promise<{ path: string; store: Store }> {
  const path = join(temporaryFolder(), 'sensor.db');
  const store = await openStore(path, { create: true });
  onTestFinished(() => store.close());
  return { path, store };
}

/** Whether a text is anywhere in the database or its log, in used and free places alike. */
function traces(path: string, text: string): boolean {
  const files = [path, `${path}-wal`].filter((file) => statSync(file, { throwIfNoEntry: false }) !== undefined);
  return files.some((file) => readFileSync(file).includes(text));
}

/** Rows of `fingerprint_id` tables that lead nowhere. */
function dangling(path: string): unknown {
  const raw = new Database(path, { readonly: true });
  const tables = ['observations', 'logins', 'aggregates', 'totals', 'server_names'];
  const rows = tables.flatMap((table) =>
    raw.prepare(`SELECT fingerprint_id FROM ${table} WHERE fingerprint_id NOT IN (SELECT id FROM fingerprints)`).all(),
  );
  raw.close();
  return rows;
}

describe('pruning', () => {
  it('leaves alone what is younger than the retention', async () => {
    const { store } = await emptyStore();
    store.observations.record(observations(0, 10));
    store.logins.record([login(1)]);
    const nothing = { cut: 0, logins: 0, observations: 0, heard: 0, known: 0, counts: 0, fingerprints: 0, wiped: true };
    expect(await store.upkeep.prune(now() + 6 * DAY)).toEqual(nothing);
    const forever = { addresses: Infinity, logins: Infinity, observations: Infinity };
    expect(await store.upkeep.prune(now() + 9999 * DAY, forever)).toEqual(nothing);
    expect(store.counts()).toMatchObject({ observations: 10, logins: 1 });
  });

  it('counts from recording, not from the time in the capture', async () => {
    const { store } = await emptyStore();
    store.observations.record([
      observation(1, { timestamp: { seconds: 0, nanoseconds: 0, digits: 0 } }),
      observation(2, { timestamp: { seconds: now() + 9999 * DAY, nanoseconds: 0, digits: 0 } }),
    ]);
    expect(await store.upkeep.prune(now() + 1)).toMatchObject({ cut: 0, observations: 0 });
    expect(await store.upkeep.prune(now() + 181 * DAY)).toMatchObject({ observations: 2 });
  });

  it('cuts addresses to their networks, and the sessions that hold them', async () => {
    const { path, store } = await emptyStore();
    store.observations.record([
      observation(1, { src: { ip: '203.0.113.77', port: 4711 } }),
      observation(2, { src: { ip: '2001:db8:1:2:3:4:5:6', port: 1 }, proxiedSrc: { ip: '203.0.113.78', port: 2 } }),
    ]);
    store.logins.record([login(1, { remote: { ip: '203.0.113.79', port: 40_000 } }), login(2, { remote: null })]);
    expect(await store.upkeep.prune(now() + 8 * DAY)).toMatchObject({
      cut: 4,
      logins: 0,
      observations: 0,
      wiped: true,
    });
    expect([...store.exports.observations()]).toMatchObject([
      { src: { ip: '203.0.113.0/24', port: 4711 }, dst: { ip: '198.51.100.1', port: 993 } },
      { src: { ip: '2001:db8:1::/48', port: 1 }, proxiedSrc: { ip: '203.0.113.0/24', port: 2 } },
    ]);
    expect(store.logins.list()).toMatchObject([
      { session: null, remote: null },
      { session: null, remote: { ip: '203.0.113.0/24', port: 40_000 } },
    ]);
    for (const gone of ['203.0.113.7', '2001:db8:1:2', 'session1']) expect(traces(path, gone), gone).toBe(false);
    expect(await store.upkeep.prune(now() + 8 * DAY)).toMatchObject({ cut: 0 });
    // A cut row is still known again.
    const again = [observation(1, { src: { ip: '203.0.113.77', port: 4711 } })];
    expect(store.observations.record(again)).toEqual({ added: 0, known: 1 });
    expect(store.logins.record([login(1, { remote: { ip: '203.0.113.79', port: 40_000 } })])).toMatchObject({
      known: 1,
    });
  });

  it('deletes logins, then observations and counts, then fingerprints that nobody has', async () => {
    const { path, store } = await emptyStore();
    store.observations.record([
      ...observations(0, 5_000),
      observation(9_000, { fingerprint: MUTT, sni: 'only.example' }),
    ]);
    store.logins.record([login(1), login(2, { sslJa3: null, user: 'carol' })], 'plain');
    expect(await store.upkeep.prune(now() + 31 * DAY)).toMatchObject({
      cut: 5_001,
      logins: 2,
      observations: 0,
      fingerprints: 0,
    });
    expect(traces(path, 'carol')).toBe(false);
    // Their counts stay.
    expect(store.fingerprints.find(MUTT.ja3?.hash ?? '')).toMatchObject([{ hellos: 1, logins: 1 }]);
    expect(await store.upkeep.prune(now() + 181 * DAY)).toMatchObject({
      observations: 5_001,
      fingerprints: 102,
      wiped: true,
    });
    expect(store.counts()).toEqual({ fingerprints: 0, labels: 0, observations: 0, logins: 0 });
    expect(store.upkeep.status()).toMatchObject({ oldest: null, newest: null });
    expect(traces(path, 'only.example')).toBe(false);
    expect(store.observations.record(observations(0, 5))).toEqual({ added: 5, known: 0 });
    expect(dangling(path)).toEqual([]);
  });

  it('keeps totals in step with the hours that remain', async () => {
    const { path, store } = await emptyStore();
    store.observations.record(observations(0, 300));
    const raw = new Database(path);
    raw.exec('UPDATE aggregates SET recorded_at = recorded_at - 200 * 86400 WHERE fingerprint_id % 2 = 0');
    raw.exec('UPDATE server_names SET recorded_at = recorded_at - 200 * 86400 WHERE fingerprint_id % 3 = 0');
    raw.close();
    expect(await store.upkeep.prune(now())).toMatchObject({ counts: 50 + 33 });
    expect(store.fingerprints.top({ limit: 1_000 }).map(({ id, hellos }) => [id, hellos])).toEqual(
      Array.from({ length: 50 }, (_, index) => [2 * index + 1, 3]),
    );
    expect(store.fingerprints.get(2)).toMatchObject({ hellos: 0, firstSeen: null });
    expect(store.fingerprints.detail(3)?.serverNames).toEqual([]);
  });

  it('links what a log told anew when the hello it fitted is gone, or no other is left', async () => {
    const { path, store } = await emptyStore();
    const part = partly({ ja3: { string: null, hash: MUTT.ja3?.hash ?? '' } });
    store.observations.record([
      observation(1, { fingerprint: part }),
      observation(2, { fingerprint: MUTT }),
      observation(3, { fingerprint: { ...MUTT, ja4: null } }),
    ]);
    expect(store.fingerprints.get(1)?.wholeId).toBeNull();
    const age = (id: number) => {
      const raw = new Database(path);
      for (const table of ['observations', 'aggregates', 'server_names']) {
        raw.exec(`UPDATE ${table} SET recorded_at = 0 WHERE fingerprint_id = ${id}`);
      }
      raw.close();
    };
    age(2);
    expect(await store.upkeep.prune(now())).toMatchObject({ fingerprints: 1 });
    expect(store.fingerprints.get(1)?.wholeId).toBe(3);
    age(3);
    await store.upkeep.prune(now());
    expect(store.fingerprints.get(1)?.wholeId).toBeNull();
    // The store that pruned, and any other, gives what comes back a row that is there.
    expect(store.observations.record([observation(4, { fingerprint: MUTT })]).added).toBe(1);
    expect(dangling(path)).toEqual([]);
  });

  it('does not leave another process with rows that are gone', async () => {
    const { path, store } = await emptyStore();
    const other = await openStore(path, { create: false });
    onTestFinished(() => other.close());
    other.observations.record([observation(1, { fingerprint: MUTT })]);
    await store.upkeep.prune(now() + 181 * DAY);
    expect(store.counts().fingerprints).toBe(0);
    other.observations.record([observation(2, { fingerprint: MUTT })]);
    expect(store.counts()).toMatchObject({ fingerprints: 1, observations: 1 });
    expect(dangling(path)).toEqual([]);
  });

  it('lets its own process record in between, and never leaves a link that leads nowhere', async () => {
    const { path, store } = await emptyStore();
    const part = partly({ ja3: { string: null, hash: MUTT.ja3?.hash ?? '' } });
    store.logins.record([login(1, { ja3: part.ja3, sslJa3: null, ja4: null })]);
    store.observations.record([observation(1, { fingerprint: MUTT })]);
    const raw = new Database(path);
    onTestFinished(() => {
      raw.close();
    });
    for (const table of ['observations', 'aggregates', 'server_names']) {
      raw.exec(`UPDATE ${table} SET recorded_at = 0 WHERE fingerprint_id = 2`);
    }
    const broken = raw.prepare(
      'SELECT id FROM fingerprints WHERE whole_id IS NOT NULL AND whole_id NOT IN (SELECT id FROM fingerprints)',
    );
    let over = false;
    const pruning = store.upkeep.prune(now()).finally(() => {
      over = true;
    });
    let recorded = 0;
    while (!over) {
      expect(broken.all()).toEqual([]);
      if (recorded === 0 && store.fingerprints.get(2) === null) {
        recorded = store.observations.record([observation(2, { fingerprint: MUTT })]).added;
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await pruning).toMatchObject({ observations: 1, fingerprints: 1 });
    expect(recorded).toBe(1);
    expect(dangling(path)).toEqual([]);
    expect(store.fingerprints.get(1)?.wholeId).toBe(store.fingerprints.find(MUTT.ja3?.hash ?? '')[0]?.id);
  });

  it('lets others write in between', async () => {
    const { path, store } = await emptyStore();
    const other = await openStore(path, { create: false, busyTimeoutMs: 5_000 });
    onTestFinished(() => other.close());
    store.observations.record(observations(0, 20_000));
    const pruning = store.upkeep.prune(now() + 8 * DAY);
    let written = 0;
    let over = false;
    void pruning.then(() => {
      over = true;
    });
    while (!over) {
      written += other.observations.record(observations(1_000_000 + written, 10)).added;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await pruning).cut).toBeGreaterThanOrEqual(20_000);
    expect(written).toBeGreaterThan(10);
    expect(store.counts().observations).toBe(20_000 + written);
  });

  it('says when a reader keeps the log from being emptied', async () => {
    const { path, store } = await emptyStore();
    store.observations.record(observations(0, 100));
    const reader = new Database(path, { readonly: true });
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM observations').get();
    const impatient = await openStore(path, { create: false, busyTimeoutMs: 20 });
    expect(await impatient.upkeep.prune(now() + 8 * DAY)).toMatchObject({ cut: 100, wiped: false });
    reader.close();
    expect(await impatient.upkeep.prune(now() + 8 * DAY)).toMatchObject({ cut: 0, wiped: true });
    impatient.close();
  });

  it('keeps what the documentation promises', () => {
    expect(DEFAULT_RETENTION).toEqual({ addresses: 7, logins: 30, observations: 180 });
    const text = readFileSync('docs/privacy.md', 'utf8');
    for (const days of [7, 30, 180]) expect(text).toContain(`${days} days`);
  });
});

describe('a user', () => {
  it('leaves no trace when forgotten, however many rows lie around', async () => {
    const { path, store } = await emptyStore();
    const rows = Array.from({ length: 6_000 }, (_, number) =>
      login(number, { user: number % 3 === 0 ? 'dave.the.forgotten' : `user${number % 997}` }),
    );
    store.logins.record(rows, 'plain');
    const hash = store.logins.exportUser('dave.the.forgotten')[0]?.userHash ?? '';
    expect(traces(path, 'dave.the.forgotten')).toBe(true);
    expect(store.logins.forgetUser('dave.the.forgotten')).toBe(2_000);
    expect(traces(path, 'dave.the.forgotten')).toBe(false);
    expect([path, `${path}-wal`].some((file) => readFileSync(file).includes(Buffer.from(hash, 'hex')))).toBe(false);
    expect(store.counts().logins).toBe(4_000);
    expect(store.logins.list({ limit: 10_000 })).toHaveLength(4_000);
  });

  it('is nowhere in the file in the clear unless that was asked for', async () => {
    const { path, store } = await emptyStore();
    store.logins.record([login(1, { user: 'erin.somebody' })]);
    store.logins.record([login(2, { user: 'erin.somebody' })], 'none');
    expect(traces(path, 'erin.somebody')).toBe(false);
  });
});
