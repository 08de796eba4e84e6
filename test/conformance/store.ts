import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ObservationRow } from '../../src/model/index.js';
import type { Store } from '../../src/store/index.js';
import { label, MUTT, observation, observations, shape } from '../unit/store/rows.js';

/** What every store does alike. `open` gives an empty one. */
export function storeConformance(name: string, open: () => Promise<Store>): void {
  describe(`${name} behaves as a store`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    it('is empty at first', () => {
      expect(store.counts()).toEqual({ fingerprints: 0, labels: 0, observations: 0 });
      expect([...store.labels()]).toEqual([]);
    });

    it('gives labels back as they came, in their order', () => {
      const rows = [label(), label({ client: 'a later one', captured: '2026-11', string: '771,1,,,', weight: 0.25 })];
      expect(store.seedLabels(rows)).toEqual({ added: 2, known: 0 });
      expect([...store.labels()]).toEqual(rows);
    });

    it('changes nothing when seeded twice', () => {
      const rows = [label(), label({ version: '2.2.12' })];
      store.seedLabels(rows);
      expect(store.seedLabels(rows)).toEqual({ added: 0, known: 2 });
      expect([...store.labels()]).toEqual(rows);
    });

    it('takes the first of two rows that are one label, at every seeding', () => {
      const rows = [label({ sourceRow: 2 }), label({ sourceRow: 3 })];
      expect(store.seedLabels(rows)).toEqual({ added: 1, known: 1 });
      expect(store.seedLabels(rows)).toEqual({ added: 0, known: 2 });
      expect([...store.labels()]).toEqual([label({ sourceRow: 2 })]);
    });

    it('keeps many labels for one fingerprint, and many fingerprints for one label', () => {
      const rows = [
        label({ client: 'mutt' }),
        label({ client: 'neomutt' }),
        label({ client: 'mutt', hash: '24fdb1f1000000000000000000000000' }),
        label({ client: 'mutt', view: 'ja3' }),
      ];
      expect(store.seedLabels(rows).added).toBe(4);
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
      store.seedLabels([label(), label({ client: 'another' })]);
      expect(store.seedLabels([label(change)])).toEqual({ added: 1, known: 0 });
      expect([...store.labels()]).toEqual([label(change), label({ client: 'another' })]);
    });

    it('stores no label of a seed that breaks off', () => {
      function* broken() {
        yield label();
        throw new Error('the list ends here');
      }
      expect(() => store.seedLabels(broken())).toThrow('the list ends here');
      expect(store.counts().labels).toBe(0);
    });

    it('records an observation once', () => {
      const rows = observations(0, 250);
      expect(store.record(rows)).toEqual({ added: 250, known: 0 });
      expect(store.record(rows)).toEqual({ added: 0, known: 250 });
      expect(store.counts()).toEqual({ fingerprints: 100, labels: 0, observations: 250 });
    });

    it('adds of an overlapping capture only what is new', () => {
      store.record(observations(0, 100));
      expect(store.record(observations(60, 100))).toEqual({ added: 60, known: 40 });
    });

    it('records more rows than one transaction takes, from any iterable', () => {
      function* many() {
        for (let number = 0; number < 9_001; number++) yield observation(number);
      }
      expect(store.record(many())).toEqual({ added: 9_001, known: 0 });
      expect(store.counts().observations).toBe(9_001);
    });

    it('finds a row handed in twice at once', () => {
      expect(store.record([observation(1), observation(1)])).toEqual({ added: 1, known: 1 });
    });

    const time = { seconds: 1_700_000_001, nanoseconds: 123_456_789, digits: 9 };

    it.each<[string, Partial<ObservationRow>]>([
      [
        'the capture clock is only exact to the microsecond',
        { timestamp: { ...time, nanoseconds: 123_456_000, digits: 6 } },
      ],
      ['only what is not in the key differs', { sni: 'other.example', alpn: ['imap'], starttls: 'imap', retry: true }],
    ])('knows an observation again where %s', (_, change) => {
      store.record([observation(1)]);
      expect(store.record([observation(1, change)])).toEqual({ added: 0, known: 1 });
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
      store.record([observation(1)]);
      expect(store.record([observation(1, change)])).toEqual({ added: 1, known: 0 });
    });

    it('does not confuse an address that ends where another port begins', () => {
      store.record([observation(1, { src: { ip: '192.0.2.1', port: 11 } })]);
      expect(store.record([observation(1, { src: { ip: '192.0.2.11', port: 1 } })]).added).toBe(1);
    });

    it('keeps hellos apart that one view shares and another does not', () => {
      const other = { ...MUTT.sslJa3, '3.5': { string: '771,2570,,,', hash: 'ff' } };
      store.record([
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
      expect(store.record(rows)).toEqual({ added: 4, known: 0 });
      expect(store.record(rows)).toEqual({ added: 0, known: 4 });
    });

    it('passes on what the caller throws between rows', () => {
      function* broken() {
        yield observation(1);
        throw new Error('the capture ends here');
      }
      expect(() => store.record(broken())).toThrow('the capture ends here');
    });

    it('may be closed twice', () => {
      store.close();
      expect(() => store.close()).not.toThrow();
    });
  });
}
