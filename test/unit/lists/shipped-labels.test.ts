import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { labelsFolder } from '../../../src/cli/package-root.js';
import { parseCsv } from '../../../src/lists/csv.js';
import { readLabelFolder } from '../../../src/lists/index.js';
import { LabelIndex } from '../../../src/recognize/index.js';
import { memoryStore } from '../../../src/store/index.js';

const rows = readLabelFolder(labelsFolder);
const ORIGINAL = '../shared/data/mail-clients.csv';

/** The extensions OpenSSL 3.0 shows a server program, as Dovecot 2.4.1 was seen to list them. */
const OPENSSL_3_0 = new Set(
  '0 1 5 10 11 12 13 16 18 21 22 23 35 41 42 43 44 45 47 49 50 51 13172 65000 65281'.split(' '),
);

describe('the labels that come with the package', () => {
  it('are the three of the Dovecot documentation and 31 measured ones, the latter under both views', () => {
    const count = (source: string, view: string) =>
      rows.filter((row) => row.source === source && row.view === view).length;
    expect(count('dovecot-docs', 'ssl_ja3')).toBe(3);
    expect(count('dovecot-docs', 'ja3')).toBe(0);
    expect(count('debian12-mail-clients', 'ja3')).toBe(31);
    expect(count('debian12-mail-clients', 'ssl_ja3')).toBe(31);
    expect(rows).toHaveLength(65);
  });

  it.each(rows.map((row) => [`${row.source} line ${row.sourceRow}: ${row.client}, ${row.view}`, row] as const))(
    'have the MD5 of their string: %s',
    (_, row) => {
      expect(createHash('md5').update(row.string!).digest('hex')).toBe(row.hash);
    },
  );

  it('have of every measured client the ssl_ja3 that follows from its ja3', () => {
    const measured = rows.filter((row) => row.source === 'debian12-mail-clients');
    for (const { string, sourceRow, client } of measured.filter((row) => row.view === 'ja3')) {
      const [, ciphers, extensions, ...rest] = string!.split(',');
      const shown = extensions!.split('-').filter((type) => OPENSSL_3_0.has(type));
      const sslJa3 = measured.find((row) => row.view === 'ssl_ja3' && row.sourceRow === sourceRow)?.string;
      expect(sslJa3, client).toBe(['771', ciphers, shown.join('-'), ...rest].join(','));
    }
  });

  it('have a source, a licence, a kind and a quality that their README explains', () => {
    const readme = readFileSync(join(labelsFolder, 'README.md'), 'utf8');
    for (const { source, licence, kind, quality } of rows) {
      for (const word of [source, licence, kind, quality]) expect(readme).toContain(`\`${word}\``);
    }
    for (const name of readdirSync(labelsFolder).filter((name) => name.endsWith('.csv')))
      expect(readme).toContain(name);
  });

  it.skipIf(!existsSync(ORIGINAL))(`are what was measured (skipped without ${ORIGINAL})`, () => {
    const read = (path: string) => {
      const [header, ...records] = parseCsv(readFileSync(path, 'utf8')).map(({ fields }) => fields);
      return records.map((fields) => Object.fromEntries(header!.map((column, index) => [column, fields[index]])));
    };
    const ours = read(join(labelsFolder, 'debian12-mail-clients.csv'));
    const corrected: unknown[] = [];
    for (const [index, original] of read(ORIGINAL).entries()) {
      if (!original.ssl_ja3?.startsWith('771,')) {
        // Two scanner hellos of old versions: Dovecot writes 771 for them too, the measured list did not.
        corrected.push(original.client);
        delete original.ssl_ja3;
        delete original.ssl_ja3_hash;
      }
      expect(ours[index]).toMatchObject(original);
    }
    expect(corrected).toEqual(['sslscan', 'sslscan']);
  });

  it('seed a store once', () => {
    const store = memoryStore();
    // The two sslscan hellos differ in their version alone: Dovecot sees one.
    expect(store.labels.seed(rows)).toEqual({ added: 64, known: 1 });
    expect(store.labels.seed(rows)).toEqual({ added: 0, known: 65 });
  });

  it('name a real Mutt hello through either view', () => {
    const store = memoryStore();
    store.labels.seed(rows);
    const index = new LabelIndex(store.labels.all());
    const ja3 = { string: '', hash: 'f35ce21b44ac0b87d3266294bb1b0e20' };
    const sslJa3 = { string: '', hash: 'b7e9d913d85c071f5b806d59601e9b96' };
    const found = index.find({ ja3 }, () => sslJa3);
    expect(found).toContainEqual({
      client: 'mutt',
      version: '2.2.12-0.1~deb12u2',
      tlsLibrary: 'GnuTLS 3.7.9-2+deb12u7',
      source: 'debian12-mail-clients',
      via: 'ja3',
    });
    expect(found.at(-1)).toEqual({
      client: 'Mutt',
      version: '2.2.9',
      tlsLibrary: 'GnuTLS',
      source: 'dovecot-docs',
      via: 'ssl_ja3',
    });
    // A Mutt whose hello has one more extension that OpenSSL hides is still found.
    const shifted = index.find({ ja3: { string: '', hash: 'of no label' } }, () => sslJa3);
    expect(shifted.every(({ via }) => via === 'ssl_ja3')).toBe(true);
    expect(shifted.map(({ client }) => client)).toEqual(expect.arrayContaining(['Mutt', 'mutt', 'neomutt']));
  });
});
