import { describe, expect, it } from 'vitest';
import { parseLabelFile } from '../../../src/lists/index.js';

const HEADER =
  'client,version,tls_library,kind,ja3,ja3_hash,ssl_ja3,ssl_ja3_hash,weight,quality,source,licence,captured';
const JA3 = '"769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0",ada70206e40642a3e4461f35503241d5';
const SSL_JA3 =
  '"771,4865-4867-4866-49195-49199-52393-52392-49196-49200-49162-49161-49171-49172-156-157-47-53,0-23-65281-10-11-35-5-51-43-13-45-21,29-23-24-25-256-257,0",3ed71a458200f4af79031644408b8e58';
const END = '0.5,measured,a source,CC0-1.0,2026-11-22';

const file = (...lines: string[]) => `${[HEADER, ...lines].join('\n')}\n`;

describe('parseLabelFile', () => {
  it('makes one row of each view a line has', () => {
    const rows = parseLabelFile(
      file(`a,1,lib,user agent,${JA3},${SSL_JA3},${END}`, `b,2,lib,library,,,,${'0'.repeat(32)},${END}`),
      'f.csv',
    );
    const shared = {
      tlsLibrary: 'lib',
      weight: 0.5,
      quality: 'measured',
      source: 'a source',
      licence: 'CC0-1.0',
      captured: '2026-11-22',
    };
    expect(rows).toEqual([
      {
        ...shared,
        client: 'a',
        version: '1',
        kind: 'user agent',
        sourceRow: 2,
        view: 'ja3',
        hash: 'ada70206e40642a3e4461f35503241d5',
        string: '769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0',
      },
      {
        ...shared,
        client: 'a',
        version: '1',
        kind: 'user agent',
        sourceRow: 2,
        view: 'ssl_ja3',
        hash: '3ed71a458200f4af79031644408b8e58',
        string: expect.stringMatching(/^771,4865-.*,0$/),
      },
      {
        ...shared,
        client: 'b',
        version: '2',
        kind: 'library',
        sourceRow: 3,
        view: 'ssl_ja3',
        hash: '0'.repeat(32),
        string: null,
      },
    ]);
  });

  it('takes columns in any order, and those that are for people only', () => {
    const [row] = parseLabelFile(
      `captured,sni,licence,source,quality,weight,ja3_hash,protocol_mode,kind,tls_library,version,client\n,y,l,s,q,1,${'a'.repeat(32)},imap/implicit,k,t,v,c\n`,
      'f.csv',
    );
    expect(row).toEqual({
      client: 'c',
      version: 'v',
      tlsLibrary: 't',
      kind: 'k',
      view: 'ja3',
      hash: 'a'.repeat(32),
      string: null,
      weight: 1,
      quality: 'q',
      source: 's',
      sourceRow: 2,
      licence: 'l',
      captured: null,
    });
  });

  it('takes a string that ends in empty fields', () => {
    const string = '"769,4-5-10-9-100-98-3-6-19-18-99,,,",de350869b8c85de67a350c8d186f11e6';
    expect(parseLabelFile(file(`a,1,lib,k,${string},,,${END}`), 'f.csv')).toHaveLength(1);
  });

  it('takes ja4, a source row, and clients of no known version', () => {
    const header = 'client,version,tls_library,kind,ja4,ja4_r,weight,quality,source,source_row,licence,captured';
    const ja4R =
      't13d1516h2_002f,0035,009c,009d,1301,1302,1303,c013,c014,c02b,c02c,c02f,c030,cca8,cca9_0005,000a,000b,000d,0012,0015,0017,001b,0023,002b,002d,0033,4469,ff01_0403,0804,0401,0503,0805,0501,0806,0601';
    const [row] = parseLabelFile(
      `${header}\na,,,k,t13d1516h2_8daaf6152771_e5627efa2ab1,"${ja4R}",1,q,s,77,l,\n`,
      'f.csv',
    );
    expect(row).toMatchObject({
      view: 'ja4',
      hash: 't13d1516h2_8daaf6152771_e5627efa2ab1',
      string: ja4R,
      version: '',
      tlsLibrary: '',
      sourceRow: 77,
    });
  });

  it('refuses a string that has another hash than the one beside it', () => {
    const text = file(`a,1,lib,k,${JA3.replace('769', '770')},,,${END}`);
    expect(() => parseLabelFile(text, 'f.csv')).toThrow(
      expect.objectContaining({ code: 'label_file', field: 'ja3', message: expect.stringContaining('f.csv line 2') }),
    );
  });

  const line = (change: Readonly<Record<string, string>>) => {
    const values = ['a', '1', 'lib', 'k', '', '0'.repeat(32), '', '', '1', 'q', 's', 'l', '2026'];
    const columns = HEADER.split(',');
    return values.map((value, index) => change[columns[index]!] ?? value).join(',');
  };

  it.each<[string, string]>([
    ['client', ''],
    ['kind', ''],
    ['quality', ''],
    ['source', ''],
    ['licence', ''],
    ['weight', ''],
    ['weight', 'heavy'],
    ['weight', '-1'],
    ['weight', 'Infinity'],
    ['captured', '22.11.2026'],
    ['captured', '2026-1'],
    ['ja3_hash', 'ada7'],
    ['ja3_hash', ''],
    ['ja3', '"771,1,2,3"'],
    ['ja3', '"771,1,2,3,4,5"'],
    ['ja3', '"771,1-,2,3,4"'],
    ['ja3', '"771,0x1301,,,"'],
    ['ja3', '",1,,,"'],
    ['ssl_ja3_hash', 'x'],
  ])('refuses %s = %s and names the line', (column, value) => {
    const text = file(line({}), line({ [column]: value }));
    expect(() => parseLabelFile(text, 'f.csv')).toThrow(
      expect.objectContaining({
        name: 'SensorError',
        code: 'label_file',
        field: column,
        message: expect.stringContaining('f.csv line 3'),
      }),
    );
  });

  it('refuses an ssl_ja3 of another version than the 771 Dovecot always writes', () => {
    const text = file(line({ ssl_ja3: '"769,1,,,"', ssl_ja3_hash: '0'.repeat(32) }));
    expect(() => parseLabelFile(text, 'f.csv')).toThrow(
      expect.objectContaining({ code: 'label_file', field: 'ssl_ja3' }),
    );
  });

  it.each<[string, string, string]>([
    ['no header', '', 'header'],
    ['an unknown column', `${HEADER},colour\n`, 'colour'],
    ['a column twice', `${HEADER},ja3\n`, 'ja3'],
    ['a missing column', `${HEADER.replace(',licence', '')}\n`, 'licence'],
  ])('refuses %s', (_, text, field) => {
    expect(() => parseLabelFile(text, 'f.csv')).toThrow(expect.objectContaining({ code: 'label_file', field }));
  });

  it('names the file of a broken line', () => {
    expect(() => parseLabelFile('a,"b\n', 'f.csv')).toThrow(
      expect.objectContaining({ code: 'label_file', offset: 2, message: expect.stringContaining('f.csv') }),
    );
  });
});
