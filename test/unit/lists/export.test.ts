import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { labelsFolder } from '../../../src/cli/package-root.js';
import {
  fingerprintsToNdjson,
  LEAST_SOURCES,
  labelsToCsv,
  labelsToNdjson,
  labelsToSalesforceCsv,
  readLabelFolder,
  type SharedFingerprint,
} from '../../../src/lists/index.js';
import type { LabelRow } from '../../../src/model/index.js';
import { wholeImport } from '../../harness/import.js';

const md5 = (text: string) => createHash('md5').update(text).digest('hex');

// Names of any characters that survive a list: what is imported is trimmed, and has neither NUL nor half a pair.
const name = fc
  .string({ unit: 'binary', maxLength: 20 })
  .map((text) => text.replaceAll('\0', '').trim())
  .filter((text) => text !== '');
const list = fc.array(
  fc.integer({ min: 0, max: 60_000 }).filter((value) => (value & 0x0f0f) !== 0x0a0a),
  { maxLength: 5 },
);
const lists = fc
  .tuple(list, list, list, fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 3 }))
  .map((fields) => fields.map((values) => values.join('-')).join(','));

const value = fc.oneof(
  fc.tuple(fc.constantFrom('ja3', 'ssl_ja3'), lists).map(([view, rest]) => {
    const string = `771,${rest}`;
    return { view, string, hash: md5(string) };
  }),
  fc.constantFrom('ja3', 'ssl_ja3').map((view) => ({ view, string: null, hash: md5(view) })),
  fc.constant({ view: 'ja4', string: null, hash: 't13d1516h2_8daaf6152771_e5627efa2ab1' }),
);

const labels = fc.array(
  fc
    .record({
      client: name,
      version: fc.oneof(fc.constant(''), name),
      tlsLibrary: fc.oneof(fc.constant(''), name),
      kind: name,
      quality: name,
      source: name,
      licence: name,
      weight: fc.double({ min: 0, minExcluded: true, noNaN: true, noDefaultInfinity: true }),
      sourceRow: fc.integer({ min: 1 }),
      captured: fc.constantFrom(null, '2019', '2019-11', '2019-11-30'),
      value,
    })
    .map(({ value, ...rest }) => ({ ...rest, ...value }) as LabelRow),
  { minLength: 1, maxLength: 5 },
);

describe('what is exported is imported again', () => {
  it('as a label file', () => {
    fc.assert(
      fc.property(labels, (rows) => {
        const list = wholeImport([...labelsToCsv(rows)]);
        expect(list.rejected).toEqual([]);
        expect(list.labels).toEqual(rows);
      }),
    );
  });

  it('as JSON lines', () => {
    fc.assert(
      fc.property(labels, (rows) => {
        expect(wholeImport([...labelsToNdjson(rows)]).labels).toEqual(rows);
      }),
    );
  });

  it('of fingerprints: their labels', () => {
    fc.assert(
      fc.property(labels, (rows) => {
        const text = [...fingerprintsToNdjson([{ ...shared, labels: rows }])];
        expect(wholeImport(text).labels).toEqual(rows);
      }),
    );
  });

  it('in the form of salesforce: hashes with their names', () => {
    fc.assert(
      fc.property(labels, (rows) => {
        const wanted = new Map<string, Set<string>>();
        for (const { view, hash, client } of rows) {
          // One line a hash, whatever its names are.
          const name = client.replace(/[\r\n]+/g, ' ');
          if (view === 'ja3') wanted.set(hash, (wanted.get(hash) ?? new Set()).add(name));
        }
        fc.pre(wanted.size > 0);
        const found = wholeImport([...labelsToSalesforceCsv(rows)]).labels.map(({ hash, client }) => [hash, client]);
        expect(found).toEqual([...wanted].map(([hash, clients]) => [hash, [...clients].join(',').trim()]));
      }),
    );
  });

  it('the shipped labels', () => {
    const shipped = readLabelFolder(labelsFolder);
    expect(wholeImport([...labelsToCsv(shipped)]).labels).toEqual(shipped);
    expect(wholeImport([...labelsToNdjson(shipped)]).labels).toEqual(shipped);
  });
});

const unknown = { ja3n: null, sslJa3: { '3.0': null, '3.5': null }, ja4: null };
const shared: SharedFingerprint = {
  fingerprint: { ...unknown, ja3: { string: null, hash: md5('shared') } },
  count: 40,
  sources: LEAST_SOURCES,
  firstSeen: '2026-11-01',
  lastSeen: '2026-11-22',
  seenOn: [{ port: 993, starttls: null, count: 40 }],
  labels: [],
};

describe('fingerprints to give away', () => {
  const parsed = (rows: readonly SharedFingerprint[], options = {}) =>
    [...fingerprintsToNdjson(rows, options)].map((line) => JSON.parse(line) as Record<string, unknown>);

  it('have counts, and nothing of who it was', () => {
    expect(parsed([shared])).toEqual([
      {
        ja3: null,
        ja3_hash: md5('shared'),
        ja3n_hash: null,
        ssl_ja3_30_hash: null,
        ssl_ja3_35_hash: null,
        ja4: null,
        ja4_r: null,
        count: 40,
        clients: 5,
        first_seen: '2026-11-01',
        last_seen: '2026-11-22',
        seen_on: [{ port: 993, starttls: null, count: 40 }],
        labels: [],
      },
    ]);
  });

  it('take from a row what is named above, whatever else it holds', () => {
    const more = {
      ...shared,
      src: '198.51.100.7',
      sni: 'mail.example.org',
      seenOn: [{ ...shared.seenOn[0]!, user: 'u' }],
    };
    expect(JSON.stringify(parsed([more]))).not.toMatch(/198\.51|example\.org|user/);
  });

  it('are held back where fewer clients sent them than asked for', () => {
    const rows = [0, 1, 4, 5, 6, Number.NaN].map((sources) => ({ ...shared, sources }));
    const withheld: number[] = [];
    const given = parsed(rows, { onWithheld: (row: SharedFingerprint) => withheld.push(row.sources) });
    expect([given.map(({ clients }) => clients), withheld]).toEqual([
      [5, 6],
      [0, 1, 4, Number.NaN],
    ]);
    expect(parsed(rows, { leastSources: 1 })).toHaveLength(4);
  });
});

describe('salesforce form', () => {
  it('is one line a hash, without labels that are never matched', () => {
    const row = (client: string, quality: string): LabelRow => ({
      client,
      version: '1',
      tlsLibrary: 't',
      kind: 'k',
      weight: 1,
      quality,
      source: 's',
      sourceRow: 1,
      licence: 'l',
      captured: null,
      view: 'ja3',
      hash: md5('x'),
      string: null,
    });
    const lines = [
      ...labelsToSalesforceCsv([row('a', 'hash'), row('b "c"', 'hash'), row('d', 'record-version'), row('a', 'hash')]),
    ];
    expect(lines).toEqual([`${md5('x')},"a,b ""c"""\n`]);
  });
});
