import { describe, expect, it } from 'vitest';
import { parseCsv } from '../../../src/lists/csv.js';

const fields = (text: string) => parseCsv(text).map((record) => record.fields);

describe('parseCsv', () => {
  // RFC 4180 section 2, rule by rule; the examples are the RFC's own.
  it.each<[string, string, string[][]]>([
    [
      'rule 1',
      'aaa,bbb,ccc\r\nzzz,yyy,xxx\r\n',
      [
        ['aaa', 'bbb', 'ccc'],
        ['zzz', 'yyy', 'xxx'],
      ],
    ],
    [
      'rule 2',
      'aaa,bbb,ccc\r\nzzz,yyy,xxx',
      [
        ['aaa', 'bbb', 'ccc'],
        ['zzz', 'yyy', 'xxx'],
      ],
    ],
    [
      'rule 5',
      '"aaa","bbb","ccc"\r\nzzz,yyy,xxx',
      [
        ['aaa', 'bbb', 'ccc'],
        ['zzz', 'yyy', 'xxx'],
      ],
    ],
    [
      'rule 6',
      '"aaa","b\r\nbb","ccc"\r\nzzz,yyy,xxx',
      [
        ['aaa', 'b\r\nbb', 'ccc'],
        ['zzz', 'yyy', 'xxx'],
      ],
    ],
    ['rule 7', '"aaa","b""bb","ccc"', [['aaa', 'b"bb', 'ccc']]],
  ])('reads the example of %s', (_, text, expected) => {
    expect(fields(text)).toEqual(expected);
  });

  it('reads LF, a byte-order mark, empty and quoted empty fields, and nothing', () => {
    expect(fields('\uFEFFa,b\n,\n"",""""\n')).toEqual([
      ['a', 'b'],
      ['', ''],
      ['', '"'],
    ]);
    expect(fields('')).toEqual([]);
  });

  it('keeps a lone carriage return, which ends no line', () => {
    expect(fields('a\rb,c\n')).toEqual([['a\rb', 'c']]);
  });

  it('counts lines through quoted line ends', () => {
    expect(parseCsv('a,b\n"1\n2",x\nc,d\n').map(({ line }) => line)).toEqual([1, 2, 4]);
  });

  it.each<[string, string, string, number]>([
    ['a quote inside a field', 'a,b"c\n', 'csv_quote', 3],
    ['a quoted field that does not end', 'a,"b\n', 'csv_quote', 2],
    ['a quoted field that ends in a doubled quote', '"b""', 'csv_quote', 0],
    ['text after a closing quote', '"a"b,c\n', 'csv_quote', 3],
    ['a record that is too short', 'a,b\nc\n', 'csv_fields', 4],
    ['a record that is too long', 'a,b\nc,d,e\n', 'csv_fields', 4],
    ['an empty line', 'a,b\n\nc,d\n', 'csv_fields', 4],
  ])('refuses %s', (_, text, code, offset) => {
    expect(() => parseCsv(text)).toThrow(expect.objectContaining({ name: 'SensorError', code, field: 'csv', offset }));
  });
});
