import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openStore, type Store } from '../../../src/store/index.js';
import { temporaryFolder } from './folder.js';
import { label, login, MUTT, observation, partly, shape } from './rows.js';

async function emptyStore(path = join(temporaryFolder(), 'sensor.db')): Promise<Store> {
  const store = await openStore(path, { create: true });
  onTestFinished(() => store.close());
  return store;
}

const JA3 = MUTT.ja3?.hash ?? '';
const OF_30 = MUTT.sslJa3['3.0']?.hash ?? '';
const OF_35 = MUTT.sslJa3['3.5']?.hash ?? '';
const onlyJa3 = partly({ ja3: { string: null, hash: JA3 } });
const START = 1_700_000_000;
const at = (seconds: number) => ({ timestamp: { seconds, nanoseconds: 0, digits: 0 } });

describe('fingerprints', () => {
  it('are found by any value, or how it begins, and the most often seen first', async () => {
    const store = await emptyStore();
    store.observations.record([
      observation(1, { fingerprint: MUTT }),
      observation(2, { fingerprint: shape(0xf35) }),
      observation(3, { fingerprint: { ...shape(9), ja3: { string: 'x', hash: 'f35d' } } }),
      observation(4, { fingerprint: { ...shape(9), ja3: { string: 'x', hash: 'f35d' } } }),
    ]);
    for (const hash of [JA3, MUTT.ja3n?.hash ?? '', OF_30, OF_35, 't13d...', JA3.toUpperCase()]) {
      expect(store.fingerprints.find(hash)).toMatchObject([{ views: { ja3: { hash: JA3 } }, whole: true, hellos: 1 }]);
    }
    expect(store.fingerprints.find('f35').map(({ views }) => views.ja3?.hash)).toEqual(['f35d', JA3]);
    expect(store.fingerprints.find('f35', 1)).toHaveLength(1);
    expect(store.fingerprints.find('f35d0')).toEqual([]);
    expect(store.fingerprints.get(4711)).toBeNull();
    expect(store.fingerprints.detail(4711)).toBeNull();
  });

  it('are found by a ja4 with capitals of ALPN in it', async () => {
    const store = await emptyStore();
    const ja4 = { string: null, hash: 't13d1516H2_8daaf6152771_e5627efa2ab1' };
    store.observations.record([observation(1, { fingerprint: { ...shape(7), ja4 } })]);
    expect(store.fingerprints.find(ja4.hash)).toMatchObject([{ views: { ja4 } }]);
    expect(store.fingerprints.find('t13d1516H')).toHaveLength(1);
    expect(store.fingerprints.find('t13d1516h')).toEqual([]);
  });

  it('give back the views they were recorded with', async () => {
    const store = await emptyStore();
    store.observations.record([observation(1, { fingerprint: MUTT })]);
    expect(store.fingerprints.get(1)?.views).toEqual({
      ...MUTT,
      ja3n: { string: null, hash: MUTT.ja3n?.hash },
      sslJa3Logged: null,
    });
  });

  it('are shown with ports, names, sources and times', async () => {
    const store = await emptyStore();
    const fingerprint = MUTT;
    const imap = { ip: '198.51.100.1', port: 143 };
    store.observations.record([
      observation(1, { fingerprint, ...at(START + 7200), sni: 'b.example' }),
      observation(2, { fingerprint, ...at(START), dst: imap, starttls: 'imap', sni: null }),
      observation(3, {
        fingerprint,
        ...at(START + 60),
        dst: imap,
        starttls: 'imap',
        src: { ip: '192.0.2.1', port: 9 },
      }),
      observation(4, { fingerprint, ...at(START + 90), dst: imap, proxiedSrc: { ip: '203.0.113.9', port: 1 } }),
      observation(5, { fingerprint: shape(1) }),
    ]);
    const name = 'mail.example.org';
    expect(store.fingerprints.detail(1)).toMatchObject({
      hellos: 4,
      logins: 0,
      firstSeen: START,
      lastSeen: START + 7200,
      ports: [
        { port: 143, starttls: 'imap', hellos: 2, logins: 0, firstSeen: START, lastSeen: START + 60 },
        { port: 143, starttls: null, hellos: 1 },
        { port: 993, starttls: null, hellos: 1, firstSeen: START + 7200, lastSeen: START + 7200 },
      ],
      serverNames: [
        { serverName: name, hellos: 2, firstSeen: START + 60, lastSeen: START + 90 },
        { serverName: 'b.example', hellos: 1 },
      ],
      // 192.0.2.1 twice, 192.0.2.2, and whom the proxy spoke for.
      sources: { distinct: 3, among: 4 },
      outcomes: { succeeded: 0, failed: 0, refused: 0, none: 0 },
    });
  });

  it('are counted by hour and day, also before 1970', async () => {
    const store = await emptyStore();
    const day = 86_400;
    const fingerprint = MUTT;
    store.observations.record([
      observation(1, { fingerprint, ...at(-1) }),
      observation(2, { fingerprint, ...at(0) }),
      observation(3, { fingerprint, ...at(3599) }),
      observation(4, { fingerprint, ...at(3600) }),
      observation(5, { fingerprint, ...at(day) }),
    ]);
    const series = (range: Parameters<Store['fingerprints']['series']>[1]) =>
      store.fingerprints.series(1, range).map(({ start, hellos }) => [start, hellos]);
    expect(series({ step: 'hour' })).toEqual([
      [-3600, 1],
      [0, 2],
      [3600, 1],
      [day, 1],
    ]);
    expect(series({ step: 'day' })).toEqual([
      [-day, 1],
      [0, 3],
      [day, 1],
    ]);
    expect(series({ step: 'hour', since: 3599, until: 3601 })).toEqual([
      [0, 2],
      [3600, 1],
    ]);
    expect(series({ step: 'day', since: 5, until: day })).toEqual([[0, 3]]);
  });

  it('come most often seen first, in all time, since a moment, on a port', async () => {
    const store = await emptyStore();
    const many = (count: number, fingerprint: number, from: number, port: number) =>
      Array.from({ length: count }, (_, i) =>
        observation(i, { ...at(from + i), fingerprint: shape(fingerprint), dst: { ip: '198.51.100.1', port } }),
      );
    store.observations.record([...many(5, 1, START, 993), ...many(3, 2, START + 7200, 143), ...many(1, 2, START, 993)]);
    const seen = (filter?: Parameters<Store['fingerprints']['top']>[0]) =>
      store.fingerprints.top(filter).map(({ id, hellos }) => [id, hellos]);
    expect(seen()).toEqual([
      [1, 5],
      [2, 4],
    ]);
    expect(seen({ limit: 1 })).toEqual([[1, 5]]);
    expect(seen({ since: START + 7200 })).toEqual([[2, 3]]);
    expect(seen({ port: 143 })).toEqual([[2, 3]]);
    expect(seen({ port: 143, since: START + 14_400 })).toEqual([]);
    expect(store.fingerprints.top({ port: 143 })).toMatchObject([{ firstSeen: START + 7200, lastSeen: START + 7202 }]);
  });

  it('are searched for by name, server name and value; no character is special', async () => {
    const store = await emptyStore();
    store.labels.seed([label(), label({ client: '50%_off', tlsLibrary: 'x' }), label({ client: 'gone' })]);
    store.labels.remove({ name: 'gone' });
    store.observations.record([
      observation(1, { fingerprint: MUTT, sni: 'IMAP.example' }),
      observation(2, { fingerprint: shape(2), sni: 'a%b' }),
    ]);
    const found = (text: string) => {
      const { labels, fingerprints } = store.fingerprints.search(text);
      return [labels.map(({ client }) => client), fingerprints.map(({ id }) => id)];
    };
    expect(found('gnutls')).toEqual([['Mutt'], []]);
    expect(found('imap.ex')).toEqual([[], [1]]);
    expect(found('%')).toEqual([['50%_off'], [2]]);
    expect(found('_')).toEqual([['50%_off'], []]);
    expect(found('B7E9D')).toEqual([['Mutt', '50%_off'], [1]]);
    expect(found('gone')).toEqual([[], []]);
  });
});

describe('a fingerprint that a log told a value of', () => {
  it.each([
    ['before', [onlyJa3, MUTT]],
    ['after', [MUTT, onlyJa3]],
  ])('is linked to the hello it fits, seen %s it', async (_, order) => {
    const store = await emptyStore();
    for (const [index, fingerprint] of order.entries())
      store.observations.record([observation(index, { fingerprint })]);
    const [found, ...others] = store.fingerprints.find(JA3);
    expect(others).toEqual([]);
    expect(found).toMatchObject({ whole: true, hellos: 2 });
    const part = order.indexOf(onlyJa3) + 1;
    expect(store.fingerprints.get(part)).toMatchObject({ whole: false, wholeId: found?.id, hellos: 1 });
    expect(store.fingerprints.detail(found?.id ?? 0)).toMatchObject({ parts: [part], fits: [] });
    expect(store.fingerprints.detail(part)).toMatchObject({ parts: [], fits: [found?.id] });
    expect(store.fingerprints.top()).toMatchObject([{ id: found?.id, hellos: 2 }]);
  });

  it('is linked to none of several it fits', async () => {
    const store = await emptyStore();
    const other = { ...MUTT, ja4: { string: 'another', hash: 'other' } };
    store.observations.record([observation(1, { fingerprint: onlyJa3 }), observation(2, { fingerprint: MUTT })]);
    expect(store.fingerprints.get(1)?.wholeId).toBe(2);
    store.observations.record([observation(3, { fingerprint: other })]);
    expect(store.fingerprints.get(1)?.wholeId).toBeNull();
    expect(store.fingerprints.detail(1)?.fits).toEqual([2, 3]);
    expect(store.fingerprints.find(JA3)).toHaveLength(3);
    // What tells the two apart decides.
    store.observations.record([observation(4, { fingerprint: partly({ ja3: onlyJa3.ja3, ja4: other.ja4 }) })]);
    expect(store.fingerprints.get(4)?.wholeId).toBe(3);
  });

  it('is not linked where one of its values differs', async () => {
    const store = await emptyStore();
    const fingerprint = partly({ ja3: onlyJa3.ja3, ja4: { string: null, hash: 'another' } });
    store.observations.record([observation(1, { fingerprint: MUTT }), observation(2, { fingerprint })]);
    expect(store.fingerprints.get(2)?.wholeId).toBeNull();
  });

  it.each([OF_30, OF_35])('is linked by a ssl_ja3 of either OpenSSL: %s', async (hash) => {
    const store = await emptyStore();
    store.logins.record([login(1, { sslJa3: { string: null, hash } })]);
    expect(store.fingerprints.find(hash)).toMatchObject([{ id: 1, whole: false, logins: 1, hellos: 0 }]);
    store.observations.record([observation(1, { fingerprint: MUTT })]);
    expect(store.fingerprints.find(hash)).toMatchObject([{ id: 2, whole: true, logins: 1, hellos: 1 }]);
    expect(store.logins.list({ fingerprintId: 2 })).toHaveLength(1);
  });

  it('gets the string when a later log has it', async () => {
    const store = await emptyStore();
    const string = MUTT.sslJa3['3.0']?.string ?? '';
    const told = (given: string | null) => ({ sslJa3: { string: given, hash: OF_30 } });
    store.logins.record([login(1, told(null)), login(2, told(string)), login(3, told(null))]);
    expect(store.counts().fingerprints).toBe(1);
    expect(store.fingerprints.get(1)?.views.sslJa3Logged).toEqual({ string, hash: OF_30 });
  });
});

describe('counts', () => {
  it('have hellos and logins apart, by outcome', async () => {
    const store = await emptyStore();
    const outcomes = ['succeeded', 'succeeded', 'failed', 'refused', 'none'] as const;
    store.observations.record([observation(1, { fingerprint: MUTT }), observation(2, { fingerprint: MUTT })]);
    const rows = outcomes.map((outcome, number) => login(number, { outcome }));
    for (let twice = 0; twice < 2; twice++) store.logins.record(rows);
    store.logins.record([login(7, { sslJa3: null }), login(8, { local: null })]);
    const [mutt] = store.fingerprints.find(OF_30);
    expect(mutt).toMatchObject({ hellos: 2, logins: 6 });
    expect(store.fingerprints.detail(mutt?.id ?? 0)).toMatchObject({
      outcomes: { succeeded: 3, failed: 1, refused: 1, none: 1 },
      ports: [
        { port: 993, starttls: null, hellos: 2, logins: 5 },
        { port: 0, starttls: null, hellos: 0, logins: 1 },
      ],
    });
  });

  it('are what counting the rows gives, whatever was recorded, imported and given up', async () => {
    const path = join(temporaryFolder(), 'sensor.db');
    const store = await emptyStore(path);
    const rows = Array.from({ length: 9_000 }, (_, number) =>
      observation(number, {
        ...at(START + number * 97),
        fingerprint: number % 7 === 0 ? onlyJa3 : shape(number % 13),
        starttls: number % 3 === 0 ? 'imap' : null,
        sni: number % 5 === 0 ? null : `${number % 4}.example`,
      }),
    );
    store.observations.record(rows.slice(0, 5_000));
    const file = store.startImport();
    file.observations(rows.slice(4_000));
    file.logins(Array.from({ length: 500 }, (_, number) => login(number)));
    file.commit();
    const given = store.startImport();
    given.observations(Array.from({ length: 12_000 }, (_, number) => observation(20_000 + number)));
    given.abort();
    const raw = new Database(path, { readonly: true });
    const all = (sql: string) => raw.prepare(sql).all();
    expect(
      all(
        'SELECT fingerprint_id, hour, dst_port, starttls, hellos, first_seen, last_seen FROM aggregates WHERE hellos > 0 ORDER BY 1, 2, 3, 4',
      ),
    ).toEqual(
      all(`SELECT fingerprint_id, time_s / 3600 AS hour, dst_port, coalesce(starttls, '') AS starttls, count(*) AS hellos,
        min(time_s) AS first_seen, max(time_s) AS last_seen FROM observations GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`),
    );
    expect(all('SELECT * FROM totals ORDER BY 1, 2, 3')).toEqual(
      all(`SELECT fingerprint_id, dst_port, starttls, sum(hellos) AS hellos, sum(succeeded) AS succeeded, sum(failed) AS failed, sum(refused) AS refused,
        sum(untried) AS untried, min(first_seen) AS first_seen, max(last_seen) AS last_seen FROM aggregates GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`),
    );
    expect(all('SELECT fingerprint_id, sni, hellos FROM server_names ORDER BY 1, 2')).toEqual(
      all(
        'SELECT fingerprint_id, sni, count(*) AS hellos FROM observations WHERE sni IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2',
      ),
    );
    expect(all('SELECT sum(succeeded) AS s, sum(failed) AS f FROM aggregates')).toEqual([{ s: 450, f: 50 }]);
    expect(store.counts()).toMatchObject({ observations: 9_000, logins: 500 });
    raw.close();
    expect([...store.exports.observations()]).toHaveLength(9_000);
    expect([...store.exports.logins()]).toEqual([...store.logins.list({ limit: 1_000 })].reverse());
    expect([...store.exports.fingerprints()].reduce((sum, { hellos }) => sum + hellos, 0)).toBe(9_000);
  });
});

it('the status says what there is', async () => {
  const path = join(temporaryFolder(), 'sensor.db');
  const store = await emptyStore(path);
  expect(store.upkeep.status()).toMatchObject({ path, keyPath: `${path}.key`, oldest: null, newest: null });
  store.observations.record([observation(1), observation(5, { fingerprint: onlyJa3 })]);
  store.logins.record([login(-3)]);
  expect(store.upkeep.status()).toMatchObject({
    schema: 4,
    counts: { fingerprints: 3, labels: 0, observations: 2, logins: 1 },
    partlyKnown: 2,
    oldest: START - 3,
    newest: START + 5,
  });
  expect(store.upkeep.status().size).toBeGreaterThan(4096);
});

it('hellos that share their ja4 with thousands of logged ones are linked to those they fit, and to no other', async () => {
  const store = await emptyStore();
  const hash = (number: number) => number.toString(16).padStart(32, '0');
  const ja4 = { string: 'permuted', hash: 't13d1516h2_8daaf6152771_02713d6af862' };
  // What a browser that permutes its extensions looks like: Dovecot logs another ssl_ja3 each time, a proxy before it one ja4.
  const logins = Array.from({ length: 4_000 }, (_, i) =>
    login(i, { ja3: null, sslJa3: { string: null, hash: hash(i) }, ja4: ja4.hash }),
  );
  store.logins.record(logins);
  store.observations.record(
    Array.from({ length: 200 }, (_, i) => observation(i, { fingerprint: { ...shape(i), ja4 } })),
  );
  const linked = Array.from(store.exports.fingerprints()).filter(({ wholeId }) => wholeId !== null);
  expect(linked.map(({ views }) => views.sslJa3Logged?.hash)).toEqual(Array.from({ length: 200 }, (_, i) => hash(i)));
});

it('a text longer than SQLite takes patterns is no sign of damage', async () => {
  const store = await emptyStore();
  const name = 'ä%'.repeat(20_000);
  store.observations.record([observation(1, { fingerprint: MUTT, sni: name }), observation(2)]);
  store.labels.add(label({ client: name }));
  expect(store.fingerprints.search(name)).toMatchObject({
    labels: [{ client: name }],
    fingerprints: [{ views: { ja3: { hash: JA3 } } }],
  });
  expect(store.labels.list({ name })).toHaveLength(1);
  expect(store.fingerprints.search('x'.repeat(100_000))).toEqual({ labels: [], fingerprints: [] });
});
