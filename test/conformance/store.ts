import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LoginEvent, ObservationRow } from '../../src/model/index.js';
import type { LabelFilter, LoginFilter, RecordingStore } from '../../src/store/index.js';
import { label, login, MUTT, observation, observations, partly, seenLogin, shape } from '../unit/store/rows.js';

/** What every store does alike. `open` gives an empty one. */
export function storeConformance(name: string, open: () => Promise<RecordingStore>): void {
  describe(`${name} behaves as a store`, () => {
    let store: RecordingStore;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    it('is empty at first', () => {
      expect(store.counts()).toEqual({ fingerprints: 0, labels: 0, observations: 0, logins: 0 });
      expect([...store.labels.all()]).toEqual([]);
    });

    it('gives labels back as they came, in their order', () => {
      const rows = [label(), label({ client: 'a later one', captured: '2026-11', string: '771,1,,,', weight: 0.25 })];
      expect(store.labels.seed(rows)).toEqual({ added: 2, known: 0 });
      expect([...store.labels.all()]).toEqual(rows);
    });

    it('changes nothing when seeded twice', () => {
      const rows = [label(), label({ version: '2.2.12' })];
      store.labels.seed(rows);
      expect(store.labels.seed(rows)).toEqual({ added: 0, known: 2 });
      expect([...store.labels.all()]).toEqual(rows);
    });

    it('takes the first of two rows that are one label, at every seeding', () => {
      const rows = [label({ sourceRow: 2 }), label({ sourceRow: 3 })];
      expect(store.labels.seed(rows)).toEqual({ added: 1, known: 1 });
      expect(store.labels.seed(rows)).toEqual({ added: 0, known: 2 });
      expect([...store.labels.all()]).toEqual([label({ sourceRow: 2 })]);
    });

    it('keeps many labels for one fingerprint, and many fingerprints for one label', () => {
      const rows = [
        label({ client: 'mutt' }),
        label({ client: 'neomutt' }),
        label({ client: 'mutt', hash: '24fdb1f1000000000000000000000000' }),
        label({ client: 'mutt', view: 'ja3' }),
      ];
      expect(store.labels.seed(rows).added).toBe(4);
      expect(store.counts().labels).toBe(4);
    });

    it.each([
      { string: '771,1,,,' },
      { kind: 'library' },
      { weight: 2 },
      { quality: 'measured' },
      { sourceRow: 9 },
      { licence: 'Apache-2.0' },
      { captured: '2026' },
    ])('takes the newer word about a label: %o', (change) => {
      store.labels.seed([label(), label({ client: 'another' })]);
      expect(store.labels.seed([label(change)])).toEqual({ added: 1, known: 0 });
      expect([...store.labels.all()]).toEqual([label(change), label({ client: 'another' })]);
    });

    it('stores no label of a seed that breaks off', () => {
      function* broken() {
        yield label();
        throw new Error('the list ends here');
      }
      expect(() => store.labels.seed(broken())).toThrow('the list ends here');
      expect(store.counts().labels).toBe(0);
    });

    it('records an observation once', () => {
      const rows = observations(0, 250);
      expect(store.observations.record(rows)).toEqual({ added: 250, known: 0 });
      expect(store.observations.record(rows)).toEqual({ added: 0, known: 250 });
      expect(store.counts()).toEqual({ fingerprints: 100, labels: 0, observations: 250, logins: 0 });
    });

    it('adds of an overlapping capture only what is new', () => {
      store.observations.record(observations(0, 100));
      expect(store.observations.record(observations(60, 100))).toEqual({ added: 60, known: 40 });
    });

    it('records more rows than one transaction takes, from any iterable', () => {
      function* many() {
        for (let number = 0; number < 9_001; number++) yield observation(number);
      }
      expect(store.observations.record(many())).toEqual({ added: 9_001, known: 0 });
      expect(store.counts().observations).toBe(9_001);
    });

    it('finds a row handed in twice at once', () => {
      expect(store.observations.record([observation(1), observation(1)])).toEqual({ added: 1, known: 1 });
    });

    const time = { seconds: 1_700_000_001, nanoseconds: 123_456_789, digits: 9 };

    it.each<[string, Partial<ObservationRow>]>([
      [
        'the capture clock is only exact to the microsecond',
        { timestamp: { ...time, nanoseconds: 123_456_000, digits: 6 } },
      ],
      ['only what is not in the key differs', { sni: 'other.example', alpn: ['imap'], starttls: 'imap', retry: true }],
    ])('knows an observation again where %s', (_, change) => {
      store.observations.record([observation(1)]);
      expect(store.observations.record([observation(1, change)])).toEqual({ added: 0, known: 1 });
    });

    it.each<[string, Partial<ObservationRow>]>([
      ['second', { timestamp: { ...time, seconds: time.seconds + 1 } }],
      ['microsecond', { timestamp: { ...time, nanoseconds: 123_457_000 } }],
      ['source address', { src: { ip: '192.0.2.9', port: 1025 } }],
      ['source port', { src: { ip: '192.0.2.1', port: 9 } }],
      ['destination address', { dst: { ip: '2001:db8::1', port: 993 } }],
      ['destination port', { dst: { ip: '198.51.100.1', port: 143 } }],
      ['transport', { transport: 'quic' }],
      ['ja3_hash', { fingerprint: shape(7) }],
    ])('tells observations apart by %s', (_, change) => {
      store.observations.record([observation(1)]);
      expect(store.observations.record([observation(1, change)])).toEqual({ added: 1, known: 0 });
    });

    it('does not confuse an address that ends where another port begins', () => {
      store.observations.record([observation(1, { src: { ip: '192.0.2.1', port: 11 } })]);
      expect(store.observations.record([observation(1, { src: { ip: '192.0.2.11', port: 1 } })]).added).toBe(1);
    });

    it('keeps hellos apart that one view shares and another does not', () => {
      const other = { ...MUTT.sslJa3, '3.5': { string: '771,2570,,,', hash: 'ff' } };
      store.observations.record([
        observation(1, { fingerprint: MUTT }),
        observation(2, { fingerprint: { ...MUTT, sslJa3: other } }),
        observation(3, { fingerprint: { ...MUTT, ja4: null } }),
        observation(4, { fingerprint: MUTT }),
      ]);
      expect(store.counts()).toMatchObject({ fingerprints: 3, observations: 4 });
    });

    it('takes any text and any time a capture can claim', () => {
      const rows = [
        observation(1, { sni: "'); DROP TABLE labels; --\u0000\u009b\u202e", alpn: ['\u0000', '"', ''] }),
        observation(2, { timestamp: { seconds: -62_135_596_800, nanoseconds: 0, digits: 0 } }),
        observation(3, { timestamp: { seconds: 2 ** 64, nanoseconds: 999_999_999, digits: 9 } }),
        observation(4, { timestamp: { seconds: -(2 ** 63), nanoseconds: 0, digits: 9 } }),
      ];
      expect(store.observations.record(rows)).toEqual({ added: 4, known: 0 });
      expect(store.observations.record(rows)).toEqual({ added: 0, known: 4 });
    });

    it('passes on what the caller throws between rows', () => {
      function* broken() {
        yield observation(1);
        throw new Error('the capture ends here');
      }
      expect(() => store.observations.record(broken())).toThrow('the capture ends here');
    });

    it('lists labels by what they are, without regard to the case of names', () => {
      const rows = [
        label(),
        label({ client: 'NeoMutt', source: 'zoo', kind: 'library' }),
        label({ view: 'ja3', client: 'fetchmail 100%', quality: 'string' }),
      ];
      store.labels.seed(rows);
      const found = (filter: LabelFilter) => store.labels.list(filter).map(({ client }) => client);
      expect(found({})).toEqual(['Mutt', 'NeoMutt', 'fetchmail 100%']);
      expect(found({ name: 'mutt' })).toEqual(['Mutt', 'NeoMutt']);
      expect(found({ name: 'GNUTLS', view: 'ja3' })).toEqual(['fetchmail 100%']);
      expect(found({ name: '0%' })).toEqual(['fetchmail 100%']);
      expect(found({ name: 'f_tchmail' })).toEqual([]);
      expect(found({ source: 'zoo' })).toEqual(['NeoMutt']);
      expect(found({ kind: 'user agent', quality: 'documented' })).toEqual(['Mutt']);
      expect(found({ hash: MUTT.sslJa3['3.0']?.hash ?? '', view: 'ssl_ja3' })).toEqual(['Mutt', 'NeoMutt']);
    });

    it('removes labels until they are added or imported again, whatever is seeded', () => {
      const [kept, gone] = [label(), label({ client: 'wrong' })];
      store.labels.seed([kept, gone]);
      expect(store.labels.remove({ name: 'wro' })).toMatchObject([gone]);
      expect(store.labels.seed([kept, gone])).toEqual({ added: 0, known: 2 });
      expect([...store.labels.all()]).toEqual([kept]);
      expect(store.counts().labels).toBe(1);
      expect(store.labels.remove({ name: 'wro' })).toEqual([]);
      expect(store.labels.add(gone)).toMatchObject({ added: true, label: gone });
      expect(store.labels.add(gone).added).toBe(false);
      const ids = store.labels.list().map(({ id }) => id);
      expect(store.labels.remove(ids)).toHaveLength(2);
      expect(store.labels.remove(ids)).toEqual([]);
      const again = store.startImport();
      again.labels([kept]);
      expect(again.commit().labels).toEqual({ added: 1, known: 0 });
      expect([...store.labels.all()]).toEqual([kept]);
    });

    it('removes nothing by a filter that says nothing', () => {
      expect(() => store.labels.remove({})).toThrow(RangeError);
    });

    it('fills in what the hash of a label was made of once a hello has shown it', () => {
      const byJa3 = label({ view: 'ja3', hash: MUTT.ja3?.hash ?? '' });
      const byBoth = (['3.0', '3.5'] as const).map((generation) =>
        label({ hash: MUTT.sslJa3[generation]?.hash ?? '' }),
      );
      const unseen = label({ view: 'ja3', hash: '0'.repeat(32) });
      const rows = [byJa3, ...byBoth, unseen];
      store.labels.seed(rows);
      expect(store.labels.references()).toEqual(rows);
      // A log that tells a hash alone adds nothing.
      store.observations.record([
        observation(1, { fingerprint: partly({ ja3: { string: null, hash: unseen.hash } }) }),
      ]);
      store.observations.record([observation(2, { fingerprint: MUTT })]);
      expect(store.labels.references()).toEqual([
        { ...byJa3, string: MUTT.ja3?.string },
        { ...byBoth[0], string: MUTT.sslJa3['3.0']?.string },
        { ...byBoth[1], string: MUTT.sslJa3['3.5']?.string },
        unseen,
      ]);
      expect(store.labels.all()).toEqual(rows);
    });

    it('keeps hellos apart of which a log knows different values, and one of which it knows the same', () => {
      const hash = MUTT.ja3?.hash ?? '';
      store.observations.record([
        observation(1, { fingerprint: partly({ ja3: { string: null, hash } }) }),
        observation(2, { fingerprint: partly({ ja3: { string: MUTT.ja3?.string ?? '', hash } }) }),
        observation(3, { fingerprint: partly({ ja3n: { string: null, hash } }) }),
        observation(4, { fingerprint: partly({ ja4: { string: null, hash: 't13d' } }) }),
        observation(5, { fingerprint: MUTT }),
      ]);
      expect(store.counts()).toMatchObject({ fingerprints: 4, observations: 5 });
    });

    it('records a login once', () => {
      const rows = Array.from({ length: 120 }, (_, number) => login(number));
      expect(store.logins.record(rows)).toEqual({ added: 120, known: 0 });
      expect(store.logins.record(rows)).toEqual({ added: 0, known: 120 });
      expect(store.logins.record(rows, 'plain')).toEqual({ added: 0, known: 120 });
      expect(store.counts()).toMatchObject({ logins: 120, fingerprints: 1, observations: 0 });
    });

    it.each<[string, Partial<LoginEvent>]>([
      ['microsecond', { time: { seconds: 1_700_000_001, nanoseconds: 500_001_000, digits: 6 } }],
      ['session', { session: null }],
      ['protocol', { protocol: 'pop3' }],
      ['user', { user: 'another' }],
      ['absence of a user', { user: null }],
      ['remote address', { remote: { ip: '192.0.2.9', port: 40_000 } }],
      ['local port', { local: { ip: '198.51.100.1', port: 143 } }],
      ['outcome', { outcome: 'refused' }],
    ])('tells logins apart by %s', (_, change) => {
      store.logins.record([login(1)]);
      expect(store.logins.record([login(1, change)])).toEqual({ added: 1, known: 0 });
    });

    it('gives a login back as it came, but for the user', () => {
      const row = login(9, { session: null, remote: null, mechanism: null });
      store.logins.record([row, login(10, { sslJa3: null })], 'none');
      const [bare, stored] = store.logins.list();
      const { time, session, protocol, remote, local, mechanism, outcome, reason, tls } = row;
      const told = { time, session, protocol, remote, local, mechanism, outcome, reason, tls };
      expect(stored).toMatchObject({ ...told, user: null, userHash: null });
      expect(stored?.fingerprintId).toEqual(expect.any(Number));
      expect(bare?.fingerprintId).toBeNull();
    });

    it('keeps of a login that a proxy saw what a log does not tell, and its hello as a whole', () => {
      store.observations.record([observation(1, { fingerprint: MUTT })]);
      const row = seenLogin(9, { alpn: ['imap'] });
      expect(store.logins.record([row, login(8)])).toEqual({ added: 2, known: 0 });
      const [seen, logged] = store.logins.list();
      const { listener, sni, tlsVersion, backend, reasonCode, clientId } = row;
      expect(seen).toMatchObject({ listener, sni, tlsVersion, backend, reasonCode, clientId });
      const nothing = { listener: null, sni: null, tlsVersion: null, backend: null, reasonCode: null, clientId: null };
      expect(logged).toMatchObject(nothing);
      // The hello's own row, and another for the one value that the log told.
      expect(store.counts().fingerprints).toBe(2);
      expect(seen?.fingerprintId).not.toBe(logged?.fingerprintId);
    });

    it('keeps a login without TLS, or whose hello could not be read', () => {
      store.logins.record([seenLogin(1, { fingerprint: null, sslJa3: null, clientId: null })]);
      expect(store.logins.list()).toMatchObject([{ fingerprintId: null, clientId: null, listener: 'imaps' }]);
    });

    it('knows a login again whoever tells of it: by time, session, ends, outcome and user', () => {
      store.logins.record([seenLogin(1)]);
      expect(store.logins.record([login(1)])).toEqual({ added: 0, known: 1 });
    });

    it('keeps of a user what it is told to', () => {
      store.logins.record([login(1, { user: 'Alice' })], 'hmac');
      store.logins.record([login(2, { user: 'alice' })], 'plain');
      store.logins.record([login(3, { user: 'alice' })], 'none');
      store.logins.record([login(4, { user: 'bob' })]);
      const [bob, none, plain, hmac] = store.logins.list();
      expect(hmac).toMatchObject({ user: null, userHash: expect.stringMatching(/^[0-9a-f]{32}$/) });
      expect(plain).toMatchObject({ user: 'alice', userHash: hmac?.userHash });
      expect(none).toMatchObject({ user: null, userHash: null });
      expect(bob?.userHash).not.toBe(hmac?.userHash);
    });

    it('hands out, and forgets, what is kept of a user by name or hash', () => {
      store.logins.record([login(1, { user: 'José' }), login(2, { user: 'other' })]);
      store.logins.record([login(3, { user: 'JOSE\u0301' })], 'plain');
      expect(store.logins.exportUser('josé').map(({ time }) => time.seconds)).toEqual([1_700_000_001, 1_700_000_003]);
      expect(store.logins.list({ user: 'josé' }).map(({ time }) => time.seconds)).toEqual([
        1_700_000_003, 1_700_000_001,
      ]);
      expect(store.logins.forgetUser('JOSÉ')).toBe(2);
      expect(store.logins.forgetUser('JOSÉ')).toBe(0);
      expect(store.logins.exportUser('josé')).toEqual([]);
      expect(store.counts().logins).toBe(1);
    });

    it('lists logins, the newest first, by what is asked for', () => {
      store.logins.record(Array.from({ length: 30 }, (_, number) => login(number)));
      const seconds = (filter: LoginFilter) =>
        store.logins.list(filter).map(({ time }) => time.seconds - 1_700_000_000);
      expect(seconds({ limit: 2 })).toEqual([29, 28]);
      expect(seconds({ outcome: 'failed' })).toEqual([29, 19, 9]);
      expect(seconds({ since: 1_700_000_028 })).toEqual([29, 28]);
      expect(seconds({ user: 'user7@example.org' })).toEqual([7]);
      const [any] = store.logins.list({ limit: 1 });
      expect(seconds({ fingerprintId: any?.fingerprintId ?? -1, outcome: 'failed', since: 1_700_000_019 })).toEqual([
        29, 19,
      ]);
      expect(seconds({ fingerprintId: 4711 })).toEqual([]);
    });

    it('imports a file as a whole, and once', () => {
      const rows = [label(), label({ client: 'other' }), label({ sourceRow: 9 })];
      const read = () => {
        const file = store.startImport();
        file.labels(rows);
        file.observations(observations(0, 25_000));
        file.logins([login(1), login(2)]);
        return file;
      };
      expect(read().commit()).toEqual({
        labels: { added: 2, known: 1 },
        observations: { added: 25_000, known: 0 },
        logins: { added: 2, known: 0 },
      });
      const before = [...store.labels.all()];
      expect(read().commit()).toEqual({
        labels: { added: 0, known: 3 },
        observations: { added: 0, known: 25_000 },
        logins: { added: 0, known: 2 },
      });
      expect([...store.labels.all()]).toEqual(before);
      expect(store.counts()).toEqual({ fingerprints: 101, labels: 2, observations: 25_000, logins: 2 });
    });

    it.each([10, 25_000])('imports nothing of a file that is given up after %i rows', (count) => {
      const file = store.startImport();
      file.labels([label()]);
      file.observations(observations(0, count));
      file.abort();
      file.abort();
      expect(store.counts()).toEqual({ fingerprints: 0, labels: 0, observations: 0, logins: 0 });
      expect(store.observations.record(observations(0, 5))).toEqual({ added: 5, known: 0 });
      expect(store.counts().fingerprints).toBe(5);
    });

    it('may be closed twice', () => {
      store.close();
      expect(() => store.close()).not.toThrow();
    });
  });
}
