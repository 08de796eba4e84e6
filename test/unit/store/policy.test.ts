import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { HeardLogin, ListEntry } from '../../../src/model/index.js';
import { openStore, type Store } from '../../../src/store/index.js';
import { temporaryFolder } from './folder.js';
import { batch, FIRST, heard, heards, key, MUTT_TOLD, seen, usual } from './policy-rows.js';
import { login, MUTT, observation, seenLogin } from './rows.js';

async function emptyStore(): Promise<{ path: string; store: Store }> {
  const path = join(temporaryFolder(), 'sensor.db');
  const store = await openStore(path, { create: true });
  onTestFinished(() => store.close());
  return { path, store };
}

const all = (store: Store): HeardLogin[] => [...store.policy.heard(0)];

describe('logins that a policy heard of', () => {
  const evidence = [
    { condition: 'failed_users', found: 17, numbers: { at_least: 15, usual: 2.5, window: 600 } },
    { condition: 'client', found: 'hydra', numbers: {} },
    { condition: 'contradiction', found: true, numbers: {} },
  ];

  it.each<[string, Partial<HeardLogin>]>([
    ['with everything told', {}],
    ['with a verdict and its reasons', { effect: { action: 'tarpit', seconds: 5 }, rule: 'spray', evidence }],
    ['refused with a message', { effect: { action: 'reject', message: 'Come back later' }, source: 'list' }],
    ['refused without', { effect: { action: 'reject', message: null } }],
    ['with an empty message', { effect: { action: 'reject', message: '' } }],
    ['where rules only report', { ignored: { action: 'reject', message: 'no' }, rule: 'take-over' }],
    ['that no report came of', { outcome: null }],
    [
      'with nothing told',
      {
        session: null,
        userKey: null,
        remote: null,
        protocol: null,
        port: null,
        sni: null,
        mechanism: null,
        tls: false,
        tlsVersion: null,
        clientId: null,
        views: { ja3: null, ja3n: null, sslJa3: null, ja4: null },
        device: null,
      },
    ],
    ['with one view', { views: { ja3: null, ja3n: null, sslJa3: { string: '771,,,,', hash: key(5) }, ja4: null } }],
    ['with a device that is no digest', { device: 'ja3:ABC' }],
    ['before 1970', { time: -1 }],
    ['with any text', { sni: "'); DROP TABLE heard; --\u0000\u202e", rule: '"' }],
  ])('come back as they were %s', async (_, change) => {
    const { store } = await emptyStore();
    store.policy.write(batch({ heard: [heard(7, change)] }));
    expect([...store.policy.heard(Number.NEGATIVE_INFINITY)]).toEqual([heard(7, change)]);
  });

  it('come in the order of time, page after page, from a moment to another', async () => {
    const { store } = await emptyStore();
    store.policy.write(batch({ heard: heards(1_500, 1_500) }));
    store.policy.write(batch({ heard: heards(0, 1_500) }));
    expect(all(store)).toEqual(heards(0, 3_000));
    const [since, until] = [heard(100).time, heard(2_900).time];
    expect([...store.policy.heard(since, until)]).toEqual(heards(100, 2_800));
    expect([...store.policy.heard(since + 1, until + 1)]).toEqual(heards(101, 2_800));
  });

  it('may be written while they are read', async () => {
    const { store } = await emptyStore();
    store.policy.write(batch({ heard: heards(0, 2_500) }));
    let read = 0;
    for (const login of store.policy.heard(0)) {
      if (read++ % 500 === 0) store.policy.write(batch({ heard: [{ ...login, outcome: 'refused' }] }));
    }
    expect(read).toBe(2_500);
    expect(all(store).filter(({ outcome }) => outcome === 'refused')).toHaveLength(5);
  });

  it('take the place of those with their time, session, user and device, and of no others', async () => {
    const { store } = await emptyStore();
    const asked = heard(1, { outcome: null });
    const others: HeardLogin[] = [
      { ...asked, session: 'another' },
      { ...asked, session: null },
      { ...asked, userKey: key(99) },
      { ...asked, userKey: null },
      { ...asked, device: key(99) },
      { ...asked, device: null },
    ];
    store.policy.write(batch({ heard: [asked, ...others] }));
    const reported = heard(1, { outcome: 'failed', rule: 'spray', ignored: { action: 'tarpit', seconds: 3 } });
    store.policy.write(batch({ heard: [reported] }));
    expect(all(store)).toEqual([reported, ...others]);
    const nobody = { ...asked, session: null, userKey: null, device: null };
    store.policy.write(batch({ heard: [nobody, { ...nobody, outcome: 'failed' }] }));
    expect(all(store)).toHaveLength(8);
    expect(store.policy.counts().heard).toBe(8);
  });

  it('are told apart however many come in one millisecond', async () => {
    const { store } = await emptyStore();
    const rows = Array.from({ length: 1_100 }, (_, number) => heard(1, { session: `s${number}` }));
    store.policy.write(batch({ heard: rows }));
    store.policy.write(batch({ heard: rows.map((row) => ({ ...row, outcome: 'none' as const })) }));
    expect(all(store).map(({ session, outcome }) => [session, outcome])).toEqual(
      rows.map(({ session }) => [session, 'none']),
    );
    expect(store.policy.counts().heard).toBe(1_100);
    // A millisecond has 1,024 places.
    const { time } = heard(1);
    expect(new Set(all(store).map((row) => row.time))).toEqual(new Set([time, time + 1]));
  });

  it('are held to times that can be told', async () => {
    const { store } = await emptyStore();
    const times = [Number.MAX_VALUE, Number.NEGATIVE_INFINITY, Number.NaN, 1.7];
    store.policy.write(batch({ heard: times.map((time, number) => heard(number, { time })) }));
    const read = [...store.policy.heard(Number.NEGATIVE_INFINITY)].map(({ session }) => session);
    expect(read).toEqual(['session1', 'session2', 'session3', 'session0']);
    expect(all(store)[1]?.time).toBe(1);
  });

  it('are found by session, and sessions by their beginning', async () => {
    const { store } = await emptyStore();
    store.policy.write(
      batch({ heard: [...heards(0, 30), heard(40, { session: 'session7' }), heard(41, { session: null })] }),
    );
    expect(store.policy.heardOf('session7')).toEqual([heard(7), heard(40, { session: 'session7' })]);
    expect(store.policy.heardOf('session')).toEqual([]);
    expect(store.policy.sessions('session2')).toEqual([
      'session2',
      ...Array.from({ length: 10 }, (_, digit) => `session2${digit}`),
    ]);
    expect(store.policy.sessions('session', 3)).toEqual(['session0', 'session1', 'session10']);
    expect(store.policy.sessions('session%')).toEqual([]);
    expect(store.policy.sessions('')).toHaveLength(20);
  });

  it('learn what a told hash was made of from a hello that was seen', async () => {
    const { store } = await emptyStore();
    const other = { ja3: null, ja3n: null, sslJa3: { string: null, hash: key(35) }, ja4: null };
    const strange = { ja3: { string: null, hash: key(9) }, ja3n: null, sslJa3: null, ja4: null };
    const rows = [heard(1), heard(2, { views: other }), heard(3, { views: strange })];
    store.policy.write(batch({ heard: rows }));
    expect(all(store)).toEqual(rows);
    const of35 = { string: 'as OpenSSL 3.5 sees it', hash: key(35) };
    const first = { ...MUTT, sslJa3: { ...MUTT.sslJa3, '3.5': of35 } };
    // Two hellos that have the ja3 in common.
    store.observations.record([
      observation(1, { fingerprint: first }),
      observation(2, { fingerprint: { ...first, ja4: null } }),
    ]);
    expect(all(store).map(({ views }) => views)).toEqual([
      { ...MUTT_TOLD, ja3: MUTT.ja3, sslJa3: MUTT.sslJa3['3.0'] },
      { ...other, sslJa3: of35 },
      strange,
    ]);
  });

  it('are one row of the fingerprints table for each hello, not for each login', async () => {
    const { store } = await emptyStore();
    store.policy.write(batch({ heard: heards(0, 500) }));
    expect(store.counts()).toEqual({ fingerprints: 1, labels: 0, observations: 0, logins: 0 });
    expect(store.fingerprints.get(1)).toMatchObject({ hellos: 0, logins: 0, whole: false });
  });

  it('count by the clock', async () => {
    const { store } = await emptyStore();
    expect(store.upkeep.status()).toMatchObject({ oldest: null, newest: null, policy: { heard: 0 } });
    store.policy.write(batch({ heard: [heard(5), heard(77)] }));
    expect(store.upkeep.status()).toMatchObject({ oldest: FIRST + 5, newest: FIRST + 77, policy: { heard: 2 } });
  });

  it('are never kept with a name in place of its hash', async () => {
    const { store } = await emptyStore();
    expect(() => store.policy.write(batch({ heard: [heard(1), heard(2, { userKey: 'alice' })] }))).toThrow(RangeError);
    expect(all(store)).toEqual([]);
  });
});

describe('what a policy knows', () => {
  const rows = batch({
    userClients: [
      { userKey: key(1), device: key(7), ...seen(100, 200, 3) },
      { userKey: key(1), device: 'a device', ...seen(100, 200, 3) },
      { userKey: key(2), device: key(7), ...seen(100, 200, 3) },
    ],
    userNetworks: [
      { userKey: key(1), network: '192.0.2.0/24', ...seen(100, 200, 3) },
      { userKey: key(1), network: '2001:db8:1::/48', ...seen(100, 200, 3) },
    ],
    devices: [{ device: key(7), ...seen(100, 200, 3), failed: 4 }],
    usual: [usual('users per fingerprint 600', key(7), 1_000), usual('users per fingerprint 600', key(8), 1_000)],
  });

  const known = ({ policy }: Store) =>
    batch({
      userClients: [...policy.userClients()],
      userNetworks: [...policy.userNetworks()],
      devices: [...policy.devices()],
      usual: [...policy.usual()],
    });
  const sorted = (value: unknown): unknown =>
    Object.fromEntries(
      Object.entries(value as Record<string, unknown[]>).map(([name, list]) => [
        name,
        list.map((row) => JSON.stringify(row)).sort(),
      ]),
    );

  it('comes back as it was, also from a store that is opened again, for reading only', async () => {
    const { path, store } = await emptyStore();
    store.policy.write(rows);
    const reader = await openStore(path, { create: false, readOnly: true });
    onTestFinished(() => reader.close());
    for (const one of [store, reader]) {
      expect(sorted(known(one))).toEqual(sorted(rows));
      expect(one.policy.counts()).toEqual({
        heard: 0,
        userClients: 3,
        userNetworks: 2,
        devices: 1,
        usual: 2,
        listed: 0,
      });
    }
  });

  it('is replaced by key', async () => {
    const { store } = await emptyStore();
    store.policy.write(rows);
    const later = batch({
      userClients: rows.userClients.map((row) => ({ ...row, lastSeen: 300, succeeded: 9 })),
      userNetworks: rows.userNetworks.map((row) => ({ ...row, lastSeen: 300, succeeded: 9 })),
      devices: rows.devices.map((row) => ({ ...row, lastSeen: 300, failed: 9 })),
      usual: rows.usual.map((row) => ({ ...row, usual: 0.125, learned: 2_000 })),
    });
    store.policy.write(later);
    expect(sorted(known(store))).toEqual(sorted(later));
  });

  it('is read in pages, each row once', async () => {
    const { store } = await emptyStore();
    const many = Array.from({ length: 3_210 }, (_, number) => ({
      userKey: key(number % 100),
      device: number % 2 === 0 ? key(number) : `device ${number}`,
      ...seen(1, number),
    }));
    const counts = Array.from({ length: 2_000 }, (_, number) => usual(`counter ${number % 3}`, `ü${number}`, 5));
    store.policy.write(batch({ userClients: many, usual: counts }));
    expect(sorted(known(store))).toEqual(sorted(batch({ userClients: many, usual: counts })));
  });

  it('is written as a whole or not at all', async () => {
    const { store } = await emptyStore();
    store.policy.write(rows);
    const wrong = { userKey: 'bob', device: key(1), ...seen(1, 2) };
    const bad = batch({
      heard: heards(0, 10),
      devices: [{ device: key(9), ...seen(1, 2), failed: 0 }],
      userClients: [wrong],
    });
    expect(() => store.policy.write(bad)).toThrow(RangeError);
    expect(sorted(known(store))).toEqual(sorted(rows));
    expect(store.policy.counts().heard).toBe(0);
    store.policy.write(batch({ heard: heards(0, 10) }));
    expect(store.policy.counts().heard).toBe(10);
  });

  it('takes parts of seconds as the seconds they are in', async () => {
    const { store } = await emptyStore();
    store.policy.write(
      batch({ devices: [{ device: key(1), firstSeen: 1.9, lastSeen: 2.9, succeeded: 1, failed: 0 }] }),
    );
    expect([...store.policy.devices()]).toEqual([{ device: key(1), ...seen(1, 2), failed: 0 }]);
  });
});

describe('lists', () => {
  const entry = (change: Partial<ListEntry>): ListEntry => ({
    list: 'block',
    ip: null,
    login: null,
    ja3: null,
    expires: 2_000,
    reason: 'because',
    ...change,
  });
  const entries = [
    entry({ ip: '192.0.2.7' }),
    entry({ ip: '2001:db8::/32', ja3: key(1) }),
    entry({ login: 'alice' }),
    entry({ login: 'alice', ip: '192.0.2.7' }),
    entry({ login: 'alice', list: 'allow' }),
    entry({ ja3: key(1) }),
  ];

  it('keep their entries in the order they were added, each key once', async () => {
    const { store } = await emptyStore();
    store.policy.write(batch({ listed: entries }));
    expect([...store.policy.listed()]).toEqual(entries);
    store.policy.write(batch({ listed: [entry({ login: 'alice', expires: 9_000, reason: 'longer' })] }));
    expect([...store.policy.listed()]).toEqual(
      entries.map((row, index) => (index === 2 ? { ...row, expires: 9_000, reason: 'longer' } : row)),
    );
  });

  it('lose what is taken off them, and nothing else', async () => {
    const { store } = await emptyStore();
    store.policy.write(batch({ listed: entries }));
    store.policy.write(batch({ unlisted: [entries[2]!, entries[5]!, entry({ ip: '192.0.2.8' })] }));
    expect([...store.policy.listed()]).toEqual([0, 1, 3, 4].map((index) => entries[index]));
  });

  it('have an entry that is added and taken off in one batch off', async () => {
    const { store } = await emptyStore();
    store.policy.write(batch({ listed: entries, unlisted: entries.slice(1) }));
    expect([...store.policy.listed()]).toEqual(entries.slice(0, 1));
  });
});

describe('recorded logins, as a policy would have heard them', () => {
  it('tell what they have, with what hashes were made of', async () => {
    const { store } = await emptyStore();
    store.logins.record([login(1), seenLogin(2)]);
    const nothingSaid = {
      effect: { action: 'allow' },
      ignored: null,
      source: 'off',
      rule: null,
      evidence: [],
      device: null,
    };
    const common = { ...nothingSaid, protocol: 'imap', port: 993, mechanism: 'PLAIN', tls: true, outcome: 'succeeded' };
    const told = (string: string | null) => ({ string, hash: MUTT.sslJa3['3.0']?.hash });
    expect([...store.policy.recorded(0)]).toEqual([
      {
        ...common,
        time: 1_700_000_001_500,
        session: 'session1',
        userKey: store.policy.userKey('user1@example.org'),
        remote: '192.0.2.1',
        sni: null,
        tlsVersion: null,
        clientId: null,
        views: { ja3: null, ja3n: null, sslJa3: told(MUTT.sslJa3['3.0']?.string ?? null), ja4: null },
      },
      {
        ...common,
        time: 1_700_000_002_500,
        session: 'session2',
        userKey: store.policy.userKey('user2@example.org'),
        remote: '192.0.2.2',
        sni: 'imap.example.org',
        tlsVersion: 'TLSv1.3',
        clientId: seenLogin(2).clientId,
        views: {
          ja3: MUTT.ja3,
          ja3n: { ...MUTT.ja3n, string: null },
          sslJa3: MUTT.sslJa3['3.0'],
          ja4: MUTT.ja4,
        },
      },
    ]);
  });

  it('come in the order of time from a moment on, whatever order they were stored in', async () => {
    const { store } = await emptyStore();
    const at = (milliseconds: number, number: number) =>
      login(number, {
        time: {
          seconds: 1_700_000_000 + Math.floor(milliseconds / 1000),
          nanoseconds: (milliseconds % 1000) * 1_000_000,
          digits: 3,
        },
      });
    // 2,500 logins, 5 ms apart, stored in another order (37 and 2,500 have no common factor).
    const rows = Array.from({ length: 2_500 }, (_, index) => at(((index * 37) % 2_500) * 5, index));
    store.logins.record(rows);
    const times = (since: number) => [...store.policy.recorded(since)].map(({ time }) => time - 1_700_000_000_000);
    const every5 = (from: number) => Array.from({ length: 2_500 - from }, (_, index) => (from + index) * 5);
    expect(times(0)).toEqual(every5(0));
    expect(times(1_700_000_000_500)).toEqual(every5(100));
    expect(times(1_700_000_000_501)).toEqual(every5(101));
    expect(times(1_800_000_000_000)).toEqual([]);
    expect(times(Number.NEGATIVE_INFINITY)).toHaveLength(2_500);
  });

  it('come all where thousands are of one second', async () => {
    const { store } = await emptyStore();
    const time = { seconds: 1_700_000_000, nanoseconds: 0, digits: 0 };
    store.logins.record(Array.from({ length: 3_000 }, (_, number) => login(number, { time })));
    expect(new Set([...store.policy.recorded(0)].map(({ session }) => session)).size).toBe(3_000);
  });
});

it('a user’s key is the one of the logins table, and needs the key file', async () => {
  const { path, store } = await emptyStore();
  store.logins.record([login(1, { user: 'José' })]);
  expect(store.logins.list()).toMatchObject([{ userHash: store.policy.userKey('JOSE\u0301') }]);
  const raw = new Database(path, { readonly: true });
  const check = raw.prepare<[], { value: Buffer }>("SELECT value FROM settings WHERE name = 'key_check'").get()!;
  raw.close();
  expect(store.policy.key).toBe(check.value.toString('hex'));
});
