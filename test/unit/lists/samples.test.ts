import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FORMATS, Importer } from '../../../src/lists/index.js';
import { wholeImport } from '../../harness/import.js';

const SAMPLES = 'samples/lists';
const read = (name: string) => readFileSync(`${SAMPLES}/${name}`);

/** The README's table: what is in each sample, counted by whoever made it. */
const table = readFileSync(`${SAMPLES}/README.md`, 'utf8')
  .split('\n')
  .map((line) => /^\| (\S+) \| `([\w-]+)` \|([^|]*)\|([^|]*)\|([^|]*)\|([^|]*)\|/.exec(line))
  .filter((match) => match !== null)
  .map(([, name, format, ...counts]) => ({
    name: name!,
    format: format!,
    counts: counts.map((text) => Number.parseInt(text, 10) || 0),
  }));

describe('the samples of lists', () => {
  it('are one of every format, and all in the README', () => {
    expect(table.map(({ format }) => format).sort()).toEqual(FORMATS.map(({ name }) => name).sort());
    expect(table.map(({ name }) => name).sort()).toEqual(
      readdirSync(SAMPLES)
        .filter((name) => name !== 'README.md')
        .sort(),
    );
  });

  it.each(table)('$name is read as $format, with the rows its README counts', ({ name, format, counts }) => {
    const list = wholeImport(read(name));
    expect(list.format).toBe(format);
    expect([list.labels.length, list.observations.length, list.rejected.length, list.passedOver]).toEqual(counts);
  });

  it.each(table)('$name gives the same rows twice, and however it is cut', ({ name }) => {
    const bytes = read(name);
    const { rows } = wholeImport(bytes);
    expect(wholeImport(bytes).rows).toEqual(rows);
    expect(wholeImport(bytes.toString('utf8')).rows).toEqual(rows);
    for (const size of [1, 2, 7, 1000]) {
      const importer = new Importer();
      const found = [];
      for (let at = 0; at < bytes.length; at += size) found.push(...importer.push(bytes.subarray(at, at + size)));
      found.push(...importer.end());
      expect(found).toEqual(rows);
    }
  });

  it.each(table)('$name gives labels whose strings have their hashes', ({ name }) => {
    for (const { view, string, hash } of wholeImport(read(name)).labels) {
      if (string !== null && view !== 'ja4') expect(createHash('md5').update(string).digest('hex')).toBe(hash);
    }
  });
});

describe.skipIf(!existsSync('../shared/data'))('the lists of ../shared/data (skipped where they are not there)', () => {
  const shared = (name: string) => wholeImport(readFileSync(`../shared/data/${name}`));

  it('salesforce: 157 hashes, none with a string', () => {
    const list = shared('salesforce-osx-nix-ja3.csv');
    expect([list.format, list.labels.length, list.rejected]).toEqual(['salesforce-csv', 157, []]);
    expect(new Set(list.labels.map(({ kind, source, licence }) => `${kind} ${source} ${licence}`))).toEqual(
      new Set(['http salesforce-ja3 BSD-3-Clause']),
    );
    expect(list.labels.filter(({ client }) => client === 'firefox,thunderbird')).toHaveLength(2);
  });

  it('the mail programs of cisco/joy: 222 labels, each with its string', () => {
    const list = shared('joy_mail.tsv');
    expect([list.format, list.labels.length, list.rejected, list.repaired]).toEqual(['joy-tsv', 222, [], []]);
    expect(list.labels.filter(({ kind }) => kind === 'user agent')).toHaveLength(216);
    expect(list.labels.every(({ weight, string }) => weight > 0 && weight <= 1 && string !== null)).toBe(true);
  });

  it('the measured mail clients: 31 rows, of which two have an ssl_ja3 that Dovecot cannot have said', () => {
    const list = shared('mail-clients.csv');
    expect([list.format, list.labels.length]).toEqual(['ja3-sensor-labels-csv', 58]);
    expect(list.rejected.map((text) => text.replace(/^\d+ /, ''))).toEqual([
      'bad_string ssl_ja3',
      'bad_string ssl_ja3',
    ]);
  });

  it('the JA4 vectors name nothing and are no list', () => {
    expect(() => shared('ja4_vectors.tsv')).toThrow(expect.objectContaining({ code: 'list_unknown' }));
  });
});
