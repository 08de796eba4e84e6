import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ListEntry } from '../../../src/model/index.js';
import { openStore, type Store } from '../../../src/store/index.js';
import { temporaryFolder } from './folder.js';
import { batch, heard, heards, key, seen, usual } from './policy-rows.js';
import { login } from './rows.js';

const DAY = 86_400;

async function emptyStore(): Promise<{ path: string; store: Store }> {
  const path = join(temporaryFolder(), 'sensor.db');
  const store = await openStore(path, { create: true });
  onTestFinished(() => store.close());
  return { path, store };
}

function traces(path: string, text: string | Buffer): boolean {
  const files = [path, `${path}-wal`].filter((file) => statSync(file, { throwIfNoEntry: false }) !== undefined);
  return files.some((file) => readFileSync(file).includes(text));
}

const entry = (change: Partial<ListEntry>): ListEntry => ({
  list: 'block',
  ip: null,
  login: null,
  ja3: null,
  expires: 9_999_999_999,
  reason: 'because',
  ...change,
});

/** Seconds at which {@link heard} number 0 is this many days old. */
const daysOn = (days: number): number => 1_700_000_000 + days * DAY;

describe('pruning of what a policy keeps', () => {
  it('cuts addresses, wherever one is told, and sessions', async () => {
    const { path, store } = await emptyStore();
    const evidence = [
      { condition: 'network', found: '203.0.113.77', numbers: {} },
      { condition: 'other', found: 'from 203.0.113.77:993, not 203.0.113.7 or 1203.0.113.77', numbers: {} },
    ];
    const ipv6 = '2001:db8:1:2:3:4:5:6';
    store.policy.write(
      batch({
        heard: [
          heard(1, { remote: '203.0.113.77', session: 'AbCdEfGh', evidence }),
          heard(2, { remote: ipv6, evidence: [{ condition: 'network', found: ipv6, numbers: {} }] }),
          heard(3, { remote: null }),
          heard(4, { remote: 'no address' }),
          heard(5, { time: daysOn(7) * 1000 }),
        ],
      }),
    );
    const due = store.upkeep.wouldPrune(daysOn(8));
    expect(due).toMatchObject({ cut: 4, heard: 0, known: 0 });
    expect(await store.upkeep.prune(daysOn(8))).toEqual({ ...due, wiped: true });
    expect([...store.policy.heard(0)].map(({ remote, session }) => [remote, session])).toEqual([
      ['203.0.113.0/24', null],
      ['2001:db8:1::/48', null],
      [null, null],
      [null, null],
      ['192.0.2.5', 'session5'],
    ]);
    const [first, second] = store.policy.heard(0);
    expect(first?.evidence.map(({ found }) => found)).toEqual([
      '203.0.113.0',
      'from 203.0.113.0:993, not 203.0.113.7 or 1203.0.113.77',
    ]);
    expect(second?.evidence).toEqual([{ condition: 'network', found: '2001:db8:1::', numbers: {} }]);
    for (const gone of ['AbCdEfGh', '2001:db8:1:2', 'session2']) expect(traces(path, gone), gone).toBe(false);
    expect(store.policy.heardOf('AbCdEfGh')).toEqual([]);
    expect(store.policy.heardOf('session5')).toHaveLength(1);
    expect(await store.upkeep.prune(daysOn(8))).toMatchObject({ cut: 0 });
  });

  it('deletes logins after their days, then the fingerprints that only they had', async () => {
    const { path, store } = await emptyStore();
    const ja4 = (hash: string) => ({ ja3: null, ja3n: null, sslJa3: null, ja4: { string: null, hash } });
    store.policy.write(
      batch({
        heard: [
          ...heards(0, 5_000).map((row) => ({ ...row, views: ja4('old') })),
          heard(1, { time: daysOn(20) * 1000, views: ja4('young') }),
        ],
      }),
    );
    // The clock of the machine that writes is not the one of the rows: here it is years ahead.
    const raw = new Database(path);
    raw.exec(`UPDATE fingerprints SET heard_day = iif(ja4 = 'old', ${daysOn(0)}, ${daysOn(20)}) / ${DAY}`);
    raw.close();
    const due = store.upkeep.wouldPrune(daysOn(32));
    expect(due).toMatchObject({ heard: 5_000, cut: 1, fingerprints: 1 });
    expect(await store.upkeep.prune(daysOn(32))).toEqual({ ...due, wiped: true });
    expect(store.policy.counts().heard).toBe(1);
    expect([...store.policy.heard(0)]).toMatchObject([{ views: ja4('young') }]);
    expect(store.counts().fingerprints).toBe(1);
    await store.upkeep.prune(daysOn(60));
    expect(store.policy.counts().heard).toBe(0);
    expect(store.counts().fingerprints).toBe(0);
    // And who wrote before knows that its row is gone.
    store.policy.write(batch({ heard: [heard(9, { views: ja4('young') })] }));
    expect([...store.policy.heard(0)]).toMatchObject([{ views: ja4('young') }]);
  });

  it('keeps a fingerprint as long as a login with it, however far a clock runs ahead', async () => {
    const { store } = await emptyStore();
    const now = Math.floor(Date.now() / 1000);
    store.policy.write(batch({ heard: [heard(1, { time: (now + 400 * DAY) * 1000 }), heard(2)] }));
    expect(await store.upkeep.prune(now + 410 * DAY)).toMatchObject({ heard: 1, fingerprints: 0 });
    expect([...store.policy.heard(0)].map(({ views }) => views)).toEqual([heard(1).views]);
    expect(await store.upkeep.prune(now + 440 * DAY)).toMatchObject({ heard: 1, fingerprints: 1 });
  });

  it('deletes what was not seen for long, step by step', async () => {
    const { store } = await emptyStore();
    const old = (number: number) => number % 3 !== 0;
    const age = (number: number) => seen(1, old(number) ? daysOn(0) : daysOn(100));
    const many = Array.from({ length: 9_000 }, (_, number) => number);
    store.policy.write(
      batch({
        userClients: many.map((number) => ({ userKey: key(number), device: key(1), ...age(number) })),
        userNetworks: many.map((number) => ({ userKey: key(1), network: `net ${number}`, ...age(number) })),
        devices: many.map((number) => ({ device: `device ${number}`, ...age(number), failed: 0 })),
        usual: many.map((number) => usual('users per network in 60 s', `of ${number}`, age(number).lastSeen)),
      }),
    );
    const due = store.upkeep.wouldPrune(daysOn(181));
    expect(due.known).toBe(4 * 6_000);
    expect(await store.upkeep.prune(daysOn(181))).toEqual({ ...due, wiped: true });
    expect(store.policy.counts()).toMatchObject({
      userClients: 3_000,
      userNetworks: 3_000,
      devices: 3_000,
      usual: 3_000,
    });
    expect([...store.policy.userClients()].every(({ lastSeen }) => lastSeen === daysOn(100))).toBe(true);
    expect(await store.upkeep.prune(daysOn(181))).toMatchObject({ known: 0 });
  });

  it('deletes what is usual of an address as soon as addresses are cut, and of a network later', async () => {
    const { store } = await emptyStore();
    const keys = [
      '192.0.2.7',
      `${key(1)} 192.0.2.0/24 192.0.2.7 ${key(2)}`,
      '2001:db8::7',
      '192.0.2.0/24',
      `${key(1)} 2001:db8:1::/48`,
      key(1),
    ];
    store.policy.write(batch({ usual: keys.map((of) => usual('a counter', of, daysOn(0))) }));
    const due = store.upkeep.wouldPrune(daysOn(8));
    expect(due.known).toBe(3);
    expect(await store.upkeep.prune(daysOn(8))).toMatchObject({ known: 3 });
    expect(new Set([...store.policy.usual()].map((row) => row.key))).toEqual(new Set(keys.slice(3)));
  });

  it('deletes list entries that have run out', async () => {
    const { store } = await emptyStore();
    const entries = [entry({ ip: '192.0.2.7', expires: 1_000 }), entry({ ip: '192.0.2.8', expires: 1_001 })];
    store.policy.write(batch({ listed: entries }));
    expect(store.upkeep.wouldPrune(1_000)).toMatchObject({ known: 1 });
    expect(await store.upkeep.prune(1_000)).toMatchObject({ known: 1 });
    expect([...store.policy.listed()]).toEqual(entries.slice(1));
  });

  it('keeps everything for ever where that is asked for', async () => {
    const { store } = await emptyStore();
    store.policy.write(batch({ heard: heards(0, 10), devices: [{ device: key(1), ...seen(1, 2), failed: 0 }] }));
    const forever = { addresses: Infinity, logins: Infinity, observations: Infinity };
    expect(await store.upkeep.prune(daysOn(9_999), forever)).toMatchObject({
      cut: 0,
      heard: 0,
      known: 0,
      fingerprints: 0,
    });
    expect([...store.policy.heard(0)]).toEqual(heards(0, 10));
  });
});

describe('a user, in what a policy keeps', () => {
  /** As much of Dave as there can be, and as much of others around it. */
  async function withDave(): Promise<{ path: string; store: Store; dave: string }> {
    const { path, store } = await emptyStore();
    const dave = store.policy.userKey('Dave.The.Forgotten');
    store.policy.write(
      batch({
        heard: heards(0, 6_000).map((row, number) => (number % 3 === 0 ? { ...row, userKey: dave } : row)),
        userClients: [1, 2].map((number) => ({ userKey: dave, device: key(number), ...seen(1, 2) })),
        userNetworks: [{ userKey: dave, network: '192.0.2.0/24', ...seen(1, 2) }],
        usual: [dave, `${key(1)} ${dave}`, key(1), `${dave}0`].map((of) => usual('a counter', of, 5)),
        listed: [
          entry({ login: 'dave.the.forgotten' }),
          entry({ login: 'dave.the.forgotten', ip: '192.0.2.7', list: 'allow' }),
          entry({ login: 'eve' }),
        ],
      }),
    );
    store.policy.write(
      batch({
        userClients: [{ userKey: key(5), device: key(1), ...seen(1, 2) }],
        userNetworks: [{ userKey: key(5), network: '192.0.2.0/24', ...seen(1, 2) }],
      }),
    );
    return { path, store, dave };
  }

  it('is handed out by name, all of it', async () => {
    const { store, dave } = await withDave();
    const told = store.policy.ofUser('dave.the.FORGOTTEN');
    expect(told.heard).toEqual([...store.policy.heard(0)].filter(({ userKey }) => userKey === dave));
    expect(told.heard).toHaveLength(2_000);
    expect({ ...told, heard: [] }).toEqual({
      heard: [],
      clients: [1, 2].map((number) => ({ userKey: dave, device: key(number), ...seen(1, 2) })),
      networks: [{ userKey: dave, network: '192.0.2.0/24', ...seen(1, 2) }],
      usual: expect.arrayContaining([dave, `${key(1)} ${dave}`].map((of) => usual('a counter', of, 5))),
      listed: [
        entry({ login: 'dave.the.forgotten' }),
        entry({ login: 'dave.the.forgotten', ip: '192.0.2.7', list: 'allow' }),
      ],
    });
    expect(told.usual).toHaveLength(2);
    expect(store.policy.ofUser('nobody')).toEqual({ heard: [], clients: [], networks: [], usual: [], listed: [] });
  });

  it('leaves no trace when forgotten', async () => {
    const { path, store, dave } = await withDave();
    store.logins.record([login(1, { user: 'dave.the.forgotten' })]);
    expect(traces(path, Buffer.from(dave, 'hex')) && traces(path, dave)).toBe(true);
    expect(store.logins.forgetUser('dave.the.forgotten')).toBe(1 + 2_000 + 2 + 1 + 2 + 2);
    for (const gone of [Buffer.from(dave, 'hex'), 'dave.the.forgotten']) expect(traces(path, gone)).toBe(false);
    expect(store.policy.counts()).toEqual({
      heard: 4_000,
      userClients: 1,
      userNetworks: 1,
      devices: 0,
      usual: 2,
      listed: 1,
    });
    expect([...store.policy.heard(0)]).toHaveLength(4_000);
    expect(store.logins.forgetUser('dave.the.forgotten')).toBe(0);
  });

  it('is nobody’s under a new key', async () => {
    const { path, store } = await withDave();
    store.close();
    rmSync(`${path}.key`);
    const renewed = await openStore(path, { create: false, newKey: true });
    onTestFinished(() => renewed.close());
    expect(renewed.policy.counts()).toEqual({
      heard: 6_000,
      userClients: 0,
      userNetworks: 0,
      devices: 0,
      usual: 0,
      listed: 3,
    });
    expect([...renewed.policy.heard(0)].every(({ userKey }) => userKey === null)).toBe(true);
    // Entries are by name, as the operator wrote them.
    expect(renewed.policy.ofUser('dave.the.forgotten').listed).toHaveLength(2);
  });

  it('is not written under a key of before, by whichever store', async () => {
    const { path, store } = await emptyStore();
    const before = store.policy.key;
    const rows = batch({
      heard: [heard(1)],
      userClients: [{ userKey: key(1), device: key(1), ...seen(1, 2) }],
      userNetworks: [{ userKey: key(1), network: '192.0.2.0/24', ...seen(1, 2) }],
      devices: [{ device: key(1), ...seen(1, 2), failed: 0 }],
      usual: [usual('a counter', key(1), 5)],
    });
    const renewing = await openStore(path, { create: false, newKey: true });
    onTestFinished(() => renewing.close());
    expect(renewing.policy.key).not.toBe(before);
    const nobodys = { heard: 1, userClients: 0, userNetworks: 0, devices: 1, usual: 0, listed: 0 };
    store.policy.write(rows);
    expect(renewing.policy.counts()).toEqual(nobodys);
    expect([...renewing.policy.heard(0)]).toEqual([heard(1, { userKey: null })]);
    renewing.policy.write(rows, before);
    expect(renewing.policy.counts()).toEqual(nobodys);
    renewing.policy.write({ ...rows, heard: [] });
    expect(renewing.policy.counts()).toMatchObject({ userClients: 1, userNetworks: 1, usual: 1 });
  });

  it('can be begun anew in a file of an older schema', async () => {
    const { path, store } = await emptyStore();
    store.logins.record([login(1, { user: 'alice' })]);
    store.close();
    const raw = new Database(path);
    for (const table of ['heard', 'user_clients', 'user_networks', 'devices', 'usual', 'listed'])
      raw.exec(`DROP TABLE ${table}`);
    raw.exec("DELETE FROM row_counts WHERE name = 'heard'; ALTER TABLE fingerprints DROP COLUMN heard_day");
    raw.pragma('user_version = 3');
    raw.close();
    rmSync(`${path}.key`);
    const renewed = await openStore(path, { create: false, newKey: true });
    onTestFinished(() => renewed.close());
    expect(renewed.logins.list()).toMatchObject([{ userHash: null }]);
    expect(renewed.policy.counts()).toMatchObject({ heard: 0 });
  });
});
