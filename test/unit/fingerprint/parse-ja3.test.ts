import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isJa3String, ja3nOfLists, ja3OfLists, parseJa3String, sslJa3OfLists } from '../../../src/fingerprint/index.js';
import { parseClientHello } from '../../../src/tls/index.js';
import { HELLO_SET_ABSENT, helloSet, helloSetIsThere } from '../../harness/hello-set.js';
import { refusal } from '../../harness/refusal.js';

/** The two vectors of the JA3 definition. */
const VECTORS = [
  ['769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0', 'ada70206e40642a3e4461f35503241d5'],
  ['769,4-5-10-9-100-98-3-6-19-18-99,,,', 'de350869b8c85de67a350c8d186f11e6'],
] as const;

describe('parseJa3String', () => {
  it.each(VECTORS)('%s', (string, hash) => {
    expect(ja3OfLists(parseJa3String(string))).toEqual({ string, hash });
  });

  it('reads every list as it stands', () => {
    expect(parseJa3String('771,2570-4865-4865,0-10,,0-1-255')).toEqual({
      version: 771,
      cipherSuites: [2570, 4865, 4865],
      extensions: [0, 10],
      supportedGroups: [],
      ecPointFormats: [0, 1, 255],
    });
  });

  it.each([
    ['', 'ja3', 0],
    ['771', 'ja3', 0],
    ['771,,,,,', 'ja3', 0],
    [',,,,', 'version', 0],
    ['771-772,,,,', 'version', 0],
    ['70000,,,,', 'version', 0],
    ['771,1-,,,', 'cipher_suites', 6],
    ['771,-1,,,', 'cipher_suites', 4],
    ['771,1--2,,,', 'cipher_suites', 6],
    ['771,01,,,', 'cipher_suites', 4],
    ['771,00,,,', 'cipher_suites', 4],
    ['771,1, 2,,', 'extensions', 6],
    ['771,1,0x10,,', 'extensions', 6],
    ['771,1,65536,,', 'extensions', 6],
    ['771,1,1e3,,', 'extensions', 6],
    ['771,1,2,99999999999999999999,', 'supported_groups', 8],
    ['771,1,2,3,256', 'ec_point_formats', 10],
    ['771,1,2,3,٣', 'ec_point_formats', 10],
    ['771,1,2,3,0\n', 'ec_point_formats', 10],
  ])('refuses %j', (string, field, offset) => {
    expect(refusal(() => parseJa3String(string))).toEqual({ code: 'bad_ja3_string', field, offset });
    expect(isJa3String(string)).toBe(false);
  });

  it('has a limit for the string and for a list', () => {
    const list = (count: number) => `771,${'1-'.repeat(count - 1)}1,,,`;
    expect(parseJa3String(list(4096)).cipherSuites).toHaveLength(4096);
    expect(refusal(() => parseJa3String(list(4097)))).toMatchObject({ code: 'ja3_too_long', field: 'cipher_suites' });
    expect(refusal(() => parseJa3String(list(20_000)))).toMatchObject({ code: 'ja3_too_long', field: 'ja3' });
  });

  it('and the writer agree on everything', () => {
    const numbers = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 });
    const strings = fc
      .tuple(fc.integer({ min: 0, max: 0xffff }), numbers, numbers, numbers, fc.array(fc.integer({ min: 0, max: 255 })))
      .map(([version, ...lists]) => [version, ...lists.map((list) => list.join('-'))].join(','));
    const grease =
      /(?<=[,-])(?:2570|6682|10794|14906|19018|23130|27242|31354|35466|39578|43690|47802|51914|56026|60138|64250)(?=[,-])/;
    fc.assert(
      fc.property(strings, (string) => {
        fc.pre(!grease.test(string));
        expect(ja3OfLists(parseJa3String(string)).string).toBe(string);
      }),
    );
  });
});

describe.skipIf(!helloSetIsThere)(`recorded hellos (${HELLO_SET_ABSENT})`, () => {
  const hellos = helloSetIsThere ? helloSet().filter((one) => one.ja3 !== null) : [];

  it('the strings other tools wrote are read, and hash to what they said', () => {
    for (const { ja3, ja3_hash } of hellos) {
      expect(ja3OfLists(parseJa3String(ja3!))).toEqual({ string: ja3, hash: ja3_hash });
    }
  });

  it('what Dovecot logs follows from them exactly where no GREASE cipher was sent, which ja3 has lost', () => {
    const told = hellos.filter((one) => one.parse_error === null && one.ssl_ja3_hash);
    expect(told.length).toBeGreaterThan(1400);
    // RFC 8701 section 2: both bytes the same, their low halves 10.
    const isGrease = (suite: number) => (suite & 0x0f0f) === 0x0a0a && suite >> 8 === (suite & 0xff);
    for (const { raw, ja3, ssl_ja3_hash } of told) {
      const greased = parseClientHello(raw).cipherSuites.some(isGrease);
      expect(sslJa3OfLists(parseJa3String(ja3!)).hash === ssl_ja3_hash).toBe(!greased);
    }
  });
});

const CLIENTS = new URL('../../../../shared/data/mail-clients.csv', import.meta.url);

describe.skipIf(!existsSync(CLIENTS))('mail clients (skipped where ../shared/data is absent)', () => {
  it('their ssl_ja3 follow from their ja3', () => {
    const lines = existsSync(CLIENTS) ? readFileSync(CLIENTS, 'utf8').trimEnd().split('\n').slice(1) : [];
    expect(lines.length).toBeGreaterThan(25);
    for (const line of lines) {
      const [ja3, sslJa3] = Array.from(line.matchAll(/"(77[01]|76\d)(,[\d-]*){4}"/g), (match) => match[0].slice(1, -1));
      if (ja3?.startsWith('771,')) expect(sslJa3OfLists(parseJa3String(ja3)).string).toBe(sslJa3);
    }
  });
});

describe('ja3nOfLists', () => {
  it('sorts the extensions and nothing else', () => {
    const string = '771,3-2-1,43-0-10,9-8,1-0';
    expect(ja3nOfLists(parseJa3String(string)).string).toBe('771,3-2-1,0-10-43,9-8,1-0');
  });
});
