import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Importer, openImport, openImportStream } from '../../../src/lists/index.js';
import { MAX_HEAD_LINES, MAX_LINE_BYTES, MAX_NAME_LENGTH, MAX_RECORD_LINES } from '../../../src/lists/limits.js';
import { wholeImport } from '../../harness/import.js';
import { refusal } from '../../harness/refusal.js';

const HASH = 'f35ce21b44ac0b87d3266294bb1b0e20';
const md5 = (text: string) => createHash('md5').update(text).digest('hex');
const trisul = (desc: string) => JSON.stringify({ desc, ja3_hash: HASH, ja3_str: '' });
const code = (source: string | Uint8Array) => refusal(() => wholeImport(source)).code;

describe('what is no list', () => {
  it.each<[string, string | Uint8Array, string]>([
    ['nothing', '', 'list_empty'],
    ['blank lines', '\n \r\n\t\n', 'list_empty'],
    ['a byte-order mark', '\uFEFF', 'list_empty'],
    ['prose', 'Dear reader,\nthis is no list.\n', 'list_unknown'],
    ['JSON of another kind', '{"a":1}\n{"b":2}\n', 'list_unknown'],
    ['an array of another kind', '[{"a":1},{"b":2}]', 'list_unknown'],
    ['an empty array', '[]', 'list_empty'],
    ['bytes', Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919) & 255), 'list_unknown'],
    ['NULs', new Uint8Array(100_000), 'list_unknown'],
    ['UTF-16', Buffer.from(`\uFEFF${HASH},"mutt"\n`, 'utf16le'), 'list_unknown'],
    ['gzip', gzipSync(`${HASH},"mutt"\n`), 'list_packed'],
    ['the first byte of gzip', Uint8Array.of(0x1f), 'list_packed'],
    ['a capture', readFileSync('samples/mail-logins.pcapng'), 'list_unknown'],
  ])('%s', (_, source, wanted) => {
    expect(code(source)).toBe(wanted);
  });

  it('is not looked for beyond the first lines', () => {
    const lines = (count: number) => `${'{"a":1}\n'.repeat(count)}${trisul('found')}\n`;
    expect(wholeImport(lines(MAX_HEAD_LINES - 1)).labels).toHaveLength(1);
    expect(code(lines(MAX_HEAD_LINES))).toBe('list_unknown');
    const array = (count: number) => `[${'{"a":1},'.repeat(count)}${trisul('found')}]`;
    expect(wholeImport(array(MAX_HEAD_LINES - 1)).labels).toHaveLength(1);
    expect(code(array(MAX_HEAD_LINES))).toBe('list_unknown');
  });
});

describe('lines', () => {
  it.each(['\n', '\r\n'])('end in %j, and the last one may lack it', (end) => {
    const text = [`${HASH},"a"`, `${HASH},b`].join(end);
    expect(wholeImport(text).labels.map(({ client }) => client)).toEqual(['a', 'b']);
    expect(wholeImport(text + end).rows).toEqual(wholeImport(text).rows);
  });

  it('a byte-order mark is passed over', () => {
    expect(wholeImport(`\uFEFF${HASH},a\n`).labels).toHaveLength(1);
    expect(wholeImport(`\uFEFF${trisul('a')}\n`).labels).toHaveLength(1);
    expect(wholeImport(`\uFEFF[${trisul('a')}]\n`).labels).toHaveLength(1);
  });

  it('a line that is too long is stepped over, and costs no other', () => {
    const long = 'x'.repeat(MAX_LINE_BYTES + 1);
    const list = wholeImport(`${HASH},a\n${HASH},${long}\n${HASH},b\n`);
    expect([list.labels.length, list.rejected]).toEqual([2, ['2 line_too_long line']]);
    expect(wholeImport(`${long}\n${HASH},a\n`).rejected).toEqual(['1 line_too_long line']);
  });

  it('a line of a megabyte that means nothing is one rejected row', () => {
    for (const character of ['a', '"', ',', '{', '[', '-', ' ', '\\']) {
      const list = wholeImport(`${HASH},a\n${character.repeat(1_000_000)}\n${HASH},b\n`);
      expect(list.labels).toHaveLength(2);
      expect(list.rejected.length).toBe(character === ' ' ? 0 : 1);
    }
  });

  it('bytes that are no UTF-8 cost their line', () => {
    const text = Buffer.from(`${HASH},a\n${HASH},?\n${HASH},\u00fc\n`);
    text[text.indexOf('?')] = 0xfc;
    const list = wholeImport(text);
    expect([list.labels.map(({ client }) => client), list.rejected]).toEqual([['a', '\u00fc'], ['2 not_utf8 line']]);
  });
});

describe('CSV', () => {
  it('a quote that is never closed costs its line', () => {
    const list = wholeImport(`${HASH},a\n${HASH},"open\n${`${HASH},b\n`.repeat(MAX_RECORD_LINES * 2)}`);
    expect(list.labels).toHaveLength(1 + MAX_RECORD_LINES * 2);
    expect(list.rejected).toEqual(['2 csv_quote csv']);
    const last = wholeImport(`${HASH},a\n${HASH},"open\n${HASH},b`);
    expect([last.labels.length, last.rejected]).toEqual([2, ['2 csv_quote csv']]);
  });

  it('quotes on every line end in as many rows', () => {
    const list = wholeImport(`${HASH},a\n${'"\n'.repeat(20_001)}`);
    expect(list.labels).toHaveLength(1);
    expect(list.rejected.length).toBeGreaterThan(10_000);
  });

  it('says how many fields are wanted', () => {
    expect(wholeImport(`${HASH},a\n${HASH},a,b\n`).rejected).toEqual(['2 csv_fields csv']);
  });
});

describe('JSON', () => {
  const rows = [trisul('a'), trisul('b "}]{[\\ '), trisul('c')];
  const clients = (text: string) => wholeImport(text).labels.map(({ client }) => client);

  it.each([
    ['one a line', rows.join('\n')],
    ['with comments and blank lines', `# made\n\n${rows.join('\n#\n  # more\n')}\n`],
    ['an array on one line', `[${rows.join(',')}]`],
    [
      'an array over lines',
      JSON.stringify(
        rows.map((row) => JSON.parse(row)),
        null,
        2,
      ),
    ],
    ['objects over lines', rows.map((row) => JSON.stringify(JSON.parse(row), null, 2)).join('\n')],
    [
      'objects over lines with CR LF',
      rows
        .map((row) => JSON.stringify(JSON.parse(row), null, 2))
        .join('\n')
        .replaceAll('\n', '\r\n'),
    ],
  ])('%s', (_, text) => {
    expect(clients(text)).toEqual(['a', 'b "}]{[\\', 'c']);
  });

  it('tells the line an object of an array begins on', () => {
    const text = `[\n${rows[0]},\n\n{"desc":"x",\n"ja3_hash":"no"},\n${rows[2]}]`;
    expect(wholeImport(text).rows.map(({ type, line }) => `${line} ${type}`)).toEqual([
      '2 label',
      '4 rejected',
      '6 label',
    ]);
  });

  it('an array on a line of any length is read object by object', () => {
    const count = 60_000;
    const text = `[${Array.from({ length: count }, (_, i) => trisul(`client ${i}`)).join(',')}]`;
    expect(text.length).toBeGreaterThan(MAX_LINE_BYTES);
    expect(wholeImport(text).labels).toHaveLength(count);
  });

  it('an object that is too long costs itself', () => {
    const text = `[${rows[0]},{"desc":"${'x'.repeat(MAX_LINE_BYTES)}"},${rows[2]}]`;
    const list = wholeImport(text);
    expect([list.labels.length, list.rejected]).toEqual([2, ['1 line_too_long line']]);
  });

  it.each([
    ['inside an object', `[${rows[0]},{"desc":"b"`],
    ['inside a string', `[${rows[0]},{"desc":"b`],
    ['before the end of the array', `[${rows[0]},`],
  ])('a document that is cut %s is refused', (_, text) => {
    expect(refusal(() => wholeImport(text))).toEqual({ code: 'list_cut', field: 'list', offset: 0 });
  });

  it('a document that is no UTF-8 is refused', () => {
    expect(code(Buffer.from(`[${trisul('\u00fc')}]`, 'latin1'))).toBe('list_not_utf8');
  });

  it('lines that are cut cost themselves: a log may still be written', () => {
    expect(wholeImport(`${rows[0]}\n${rows[1]!.slice(0, 30)}`).rejected).toEqual(['2 bad_json line']);
  });

  it('takes any depth', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const list = wholeImport(
      `${rows[0]}\n{"desc":"d","ja3_hash":"${HASH}","x":${deep}}\n{"x":${'['.repeat(100_000)}\n${rows[2]}\n`,
    );
    expect([list.labels.length, list.rejected]).toEqual([3, ['3 bad_json line']]);
    expect(wholeImport(`[{"desc":"d","ja3_hash":"${HASH}","x":${deep}}]`).labels).toHaveLength(1);
  });

  it('is not confused by keys of Object', () => {
    const list = wholeImport(
      `${rows[0]}\n{"__proto__":{"desc":"d"},"ja3_hash":"${HASH}"}\n{"constructor":1,"toString":2}\n`,
    );
    expect(list.rejected).toEqual(['2 missing_value desc', '3 missing_value ja3_hash']);
  });
});

describe('names', () => {
  it('are data, whatever a terminal would make of them', () => {
    const name = '\u001b]0;title\u0007\u202e=cmd()';
    expect(wholeImport(trisul(name)).labels[0]!.client).toBe(name);
  });

  it.each([
    ['a NUL', 'a\0b'],
    ['half a pair', 'a\ud800'],
    ['the other half', '\udc00b'],
    ['too many characters', 'x'.repeat(MAX_NAME_LENGTH + 1)],
  ])('with %s are refused', (_, name) => {
    expect(wholeImport(`${trisul('a')}\n${trisul(name)}`).rejected).toEqual(['2 bad_text desc']);
  });

  it('of whole pairs and as long as they may be are not', () => {
    expect(wholeImport(trisul('\ud83d\ude00')).labels).toHaveLength(1);
    expect(wholeImport(trisul('x'.repeat(MAX_NAME_LENGTH))).labels).toHaveLength(1);
  });
});

describe('strings', () => {
  const row = (string: string) => JSON.stringify({ desc: 'd', ja3_hash: md5(string), ja3_str: string });
  it.each([
    ['a value beyond 65535', '771,65536,,,'],
    ['a point format beyond 255', '771,1,11,,256'],
    ['leading zeros', '771,01,,,'],
    ['spaces inside', '771,1 ,,,'],
    ['no version', ',1,,,'],
    ['six fields', '771,1,2,3,4,5'],
    ['four thousand numbers too many', `771,${'1-'.repeat(8000)}1,,,`],
  ])('with their hash and %s are no JA3', (_, string) => {
    expect(wholeImport(row(string)).rejected).toEqual(['1 bad_string ja3']);
  });

  it.each([2570, 6682, 64250])('with GREASE %i in any list are no JA3', (value) => {
    for (const string of [`771,1-${value},,,`, `771,1,${value}-0,,`, `771,1,10,${value},`]) {
      expect(wholeImport(row(string)).rejected).toEqual(['1 grease ja3']);
    }
  });

  it('of many separators cost little', () => {
    const string = `771${','.repeat(32_000)}`;
    const list = wholeImport(JSON.stringify({ desc: 'd', ja3_hash: HASH, ja3_str: string }));
    expect(list.repaired).toEqual(['1 string_dropped']);
  });
});

describe('openImport', () => {
  it('opens before it reads all, and reads no further than it is asked', () => {
    let given = 0;
    function* endless() {
      for (;;) {
        given++;
        yield `${trisul(`client ${given}`)}\n`;
      }
    }
    const list = openImport(endless());
    expect([list.format.name, given]).toEqual(['trisul-json', 1]);
    const iterator = list.rows[Symbol.iterator]();
    for (let i = 0; i < 3; i++) expect(iterator.next().done).toBe(false);
    expect(given).toBeLessThanOrEqual(4);
  });

  it('keeps nothing of a buffer that is used again', () => {
    const importer = new Importer();
    const bytes = Buffer.from(`${trisul('a')}\n`);
    const buffer = Buffer.alloc(5);
    const rows = [];
    for (let at = 0; at < bytes.length; at += 5) {
      const count = bytes.copy(buffer, 0, at, at + 5);
      rows.push(...importer.push(buffer.subarray(0, count)));
      buffer.fill('x');
    }
    expect([...rows, ...importer.end()]).toEqual(wholeImport(bytes).rows);
  });

  it('reads streams to the same rows', async () => {
    const bytes = readFileSync('samples/lists/eve.json');
    async function* pieces() {
      for (let at = 0; at < bytes.length; at += 100) yield bytes.subarray(at, at + 100);
    }
    const list = await openImportStream(pieces());
    const rows = [];
    for await (const row of list.rows) rows.push(row);
    const whole = wholeImport(bytes);
    expect([list.format.name, list.passedOver, rows]).toEqual([whole.format, whole.passedOver, whole.rows]);
  });

  it('closes a stream that is no list, or is not read to its end', async () => {
    let closed = 0;
    async function* pieces(text: string) {
      try {
        for (;;) yield Buffer.from(text);
      } finally {
        closed++;
      }
    }
    await expect(openImportStream(pieces('prose\n'))).rejects.toMatchObject({ code: 'list_unknown' });
    const list = await openImportStream(pieces(`${trisul('a')}\n`));
    for await (const _ of list.rows) break;
    expect(closed).toBe(2);
  });
});

const VECTORS = '../shared/data/ja4_vectors.tsv';
it.skipIf(!existsSync(VECTORS))(`believes the ja4_r of every published vector (skipped without ${VECTORS})`, () => {
  const vectors = readFileSync(VECTORS, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t'));
  const text = vectors.map(([ja4, , string]) =>
    JSON.stringify({ application: 'a', ja4_fingerprint: ja4, ja4_fingerprint_string: string }),
  );
  const list = wholeImport(text.join('\n'));
  expect([list.labels.length, list.rejected, list.repaired]).toEqual([vectors.length, [], []]);
});
