import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { calculateJa4, readTlsClientHello } from 'read-tls-client-hello';
import { describe, expect, it } from 'vitest';
import type { AgainstResult } from '../../../src/explain/against/types.js';
import { explainHello, explainJa3String, isFingerprintHash } from '../../../src/explain/index.js';
import { readCapture } from '../../../src/observe/index.js';
import { parseClientHello } from '../../../src/tls/index.js';
import {
  alpnExtension,
  ascii,
  clientHello,
  extension,
  groupsExtension,
  pointFormatsExtension,
  record,
  serverNameExtension,
  signaturesExtension,
  versionsExtension,
} from '../../build/hello.js';
import { HELLO_SET_ABSENT, helloSet, helloSetIsThere } from '../../harness/hello-set.js';
import { mutt } from '../../harness/observation.js';

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/** ja3: 771,4865-49195-255,0-10-11-13-16-28-43-21,29-23,0 */
const HELLO = clientHello({
  ciphers: [0x1a1a, 0x1301, 0xc02b, 0x00ff],
  extensions: [
    extension(0x2a2a),
    serverNameExtension('mail.example.org'),
    groupsExtension(0x3a3a, 29, 23),
    pointFormatsExtension(0),
    signaturesExtension(0x0403, 0x0201),
    alpnExtension(ascii('http/1.1')),
    extension(28, [64, 1]),
    versionsExtension(0x4a4a, 0x0304, 0x0303),
    extension(21, [0]),
  ],
});

const compare = (hash: string, message: Uint8Array = HELLO, recordVersion: number | null = 0x0301): AgainstResult =>
  explainHello({ hello: parseClientHello(message), recordVersion }, { against: hash }).against!;

describe("another tool's MD5", () => {
  // The strings are written out: what some tool would have hashed.
  it.each<[string, string, string, string[]]>([
    ['ja3 itself', '771,4865-49195-255,0-10-11-13-16-28-43-21,29-23,0', 'ja3', []],
    ['ja3n itself', '771,4865-49195-255,0-10-11-13-16-21-28-43,29-23,0', 'ja3n', []],
    ['ssl_ja3 itself', '771,6682-4865-49195-255,0-10-11-13-16-43-21,29-23,0', 'ssl_ja3_3.0', []],
    [
      'GREASE among the ciphers',
      '771,6682-4865-49195-255,0-10-11-13-16-28-43-21,29-23,0',
      'ja3',
      ['grease_in_ciphers'],
    ],
    [
      'GREASE among the extensions',
      '771,4865-49195-255,10794-0-10-11-13-16-28-43-21,29-23,0',
      'ja3',
      ['grease_in_extensions'],
    ],
    ['GREASE among the groups', '771,4865-49195-255,0-10-11-13-16-28-43-21,14906-29-23,0', 'ja3', ['grease_in_groups']],
    [
      'GREASE everywhere',
      '771,6682-4865-49195-255,10794-0-10-11-13-16-28-43-21,14906-29-23,0',
      'ja3',
      ['grease_in_ciphers', 'grease_in_extensions', 'grease_in_groups'],
    ],
    ['the record layer', '769,4865-49195-255,0-10-11-13-16-28-43-21,29-23,0', 'ja3', ['record_version']],
    ['supported_versions', '772,4865-49195-255,0-10-11-13-16-28-43-21,29-23,0', 'ja3', ['supported_version']],
    [
      'the first of supported_versions',
      '19018,4865-49195-255,0-10-11-13-16-28-43-21,29-23,0',
      'ja3',
      ['supported_version'],
    ],
    ['SSL 2.0', '2,4865-49195-255,0-10-11-13-16-28-43-21,29-23,0', 'ja3', ['other_version']],
    ['sorted ciphers', '771,255-4865-49195,0-10-11-13-16-28-43-21,29-23,0', 'ja3', ['ciphers_sorted']],
    ['sorted groups', '771,4865-49195-255,0-10-11-13-16-28-43-21,23-29,0', 'ja3', ['groups_sorted']],
    ['all sorted', '771,255-4865-49195,0-10-11-13-16-21-28-43,23-29,0', 'ja3n', ['ciphers_sorted', 'groups_sorted']],
    ['without SCSV', '771,4865-49195,0-10-11-13-16-28-43-21,29-23,0', 'ja3', ['scsv_left_out']],
    ['without SNI', '771,4865-49195-255,10-11-13-16-28-43-21,29-23,0', 'ja3', ['extensions_missing']],
    ['without SNI, ALPN and padding', '771,4865-49195-255,10-11-13-28-43,29-23,0', 'ja3', ['extensions_missing']],
    ['resumed', '771,4865-49195-255,0-10-11-13-16-28-43-21-41,29-23,0', 'ja3', ['extension_added']],
    ['only what OpenSSL knows', '771,4865-49195-255,0-10-11-13-16-43-21,29-23,0', 'ja3', ['hidden_extensions']],
    ['cut short', '771,4865-49195-255,0-10-11,29-23,0', 'ja3', ['cut_short']],
    ['cut before the groups', '771,4865-49195-255,0,,', 'ja3', ['cut_short']],
    ['no groups', '771,4865-49195-255,0-10-11-13-16-28-43-21,,0', 'ja3', ['groups_missing']],
    ['no point formats', '771,4865-49195-255,0-10-11-13-16-28-43-21,29-23,', 'ja3', ['point_formats_missing']],
    ['a line end', '771,4865-49195-255,0-10-11-13-16-28-43-21,29-23,0\n', 'ja3', ['line_end']],
    ['another GREASE', '771,64250-4865-49195-255,0-10-11-13-16-43-21,29-23,0', 'ssl_ja3_3.0', ['other_grease']],
    [
      'Dovecot and another server name',
      '771,64250-4865-49195-255,10-11-13-16-43-21,29-23,0',
      'ssl_ja3_3.0',
      ['other_grease', 'extensions_missing'],
    ],
  ])('%s', (_, string, view, codes) => {
    const { matches, complete } = compare(md5(string));
    expect(complete).toBe(true);
    expect(matches[0]).toMatchObject({ view, string });
    expect(matches[0]!.deviations.map(({ code }) => code)).toEqual(codes);
    expect(compare(md5(string).toUpperCase()).matches).toEqual(matches);
  });

  it('says every fingerprint it is', () => {
    const plain = clientHello({ extensions: [extension(23)] });
    const { matches } = compare(md5('771,4865,23,,'), plain);
    expect(matches.map(({ view, deviations }) => [view, deviations.length])).toEqual([
      ['ja3', 0],
      ['ja3n', 0],
      ['ssl_ja3_3.0', 0],
      ['ssl_ja3_3.5', 0],
    ]);
  });

  it('finds nothing where nothing is, and says how hard it tried', () => {
    const { matches, tried, complete } = compare(md5('something else'));
    expect([matches, complete]).toEqual([[], true]);
    expect(tried).toBeGreaterThan(1000);
  });

  it('ends within its limit for a hostile hello', () => {
    const ciphers = Array.from({ length: 0x7f00 }, (_, i) => 0x8000 + i);
    const extensions = [extension(0), extension(16), extension(41), extension(35), versionsExtension(0x0304)];
    const hostile = clientHello({ ciphers, extensions });
    expect(compare(md5('x'), hostile)).toMatchObject({ matches: [], complete: false });
    // None of them is one that must have a content.
    const many = Array.from({ length: 16_000 }, (_, type) => type).filter(
      (type) => ![10, 11, 13, 16, 43].includes(type),
    );
    const crowded = clientHello({ extensions: many.map((type) => extension(type)) });
    expect(compare('t13i000000_000000000001_000000000001', crowded)).toMatchObject({ matches: [], complete: false });
  });

  it('of a ja3 string', () => {
    const { against } = explainJa3String(mutt.ja3, { against: mutt.sslJa3Hash });
    expect(against!.matches.map(({ view }) => view)).toEqual(['ssl_ja3_3.0', 'ssl_ja3_3.5']);
  });
});

it("Dovecot's own log lines of the sample are its ssl_ja3", async () => {
  const folder = fileURLToPath(new URL('../../../samples/dovecot-2.4/', import.meta.url));
  const { hellos } = JSON.parse(readFileSync(`${folder}expected.json`, 'utf8'));
  let compared = 0;
  for await (const { frame, hello } of readCapture(`${folder}dovecot-2.4.pcapng`)) {
    const logged = hellos.find((row: { frame: number }) => row.frame === frame)?.ssl_ja3_hash;
    if (logged === undefined) continue;
    const { matches } = explainHello({ hello, recordVersion: null }, { against: logged }).against!;
    expect(matches.map(({ view, deviations }) => [view, deviations])).toContainEqual(['ssl_ja3_3.5', []]);
    compared++;
  }
  expect(compared).toBeGreaterThan(2);
});

describe("another tool's ja4", () => {
  const sha = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);
  const b = sha('00ff,1301,c02b');
  const c = sha('000a,000b,000d,0015,001c,002b_0403,0201');

  it.each<[string, string, string[]]>([
    ['itself', `t13d0308h1_${b}_${c}`, []],
    ['legacy_version', `t12d0308h1_${b}_${c}`, ['legacy_version']],
    ['GREASE counted', `t13d0409h1_${b}_${c}`, ['grease_counted']],
    ['GREASE among the ciphers', `t13d0308h1_${sha('00ff,1301,1a1a,c02b')}_${c}`, ['grease_in_ciphers']],
    ['ciphers as sent', `t13d0308h1_${sha('1301,c02b,00ff')}_${c}`, ['ciphers_as_sent']],
    ['extensions as sent', `t13d0308h1_${b}_${sha('000a,000b,000d,001c,002b,0015_0403,0201')}`, ['extensions_as_sent']],
    ['signatures sorted', `t13d0308h1_${b}_${sha('000a,000b,000d,0015,001c,002b_0201,0403')}`, ['signatures_sorted']],
    ['no signatures', `t13d0308h1_${b}_${sha('000a,000b,000d,0015,001c,002b')}`, ['signatures_missing']],
    [
      'SNI and ALPN hashed',
      `t13d0308h1_${b}_${sha('0000,000a,000b,000d,0010,0015,001c,002b_0403,0201')}`,
      ['sni_alpn_hashed'],
    ],
    ['SNI and ALPN not counted', `t13d0306h1_${b}_${c}`, ['sni_alpn_not_counted']],
    ['without padding', `t13d0307h1_${b}_${sha('000a,000b,000d,001c,002b_0403,0201')}`, ['extensions_missing']],
    ['no ALPN seen', `t13d030800_${b}_${c}`, ['alpn_missing']],
    ['the first two characters', `t13d0308ht_${b}_${c}`, ['alpn_first_two']],
    ['no SNI', `t13i0308h1_${b}_${c}`, ['other_sni']],
  ])('%s', (_, hash, codes) => {
    const { matches } = compare(hash);
    expect(matches).toMatchObject([{ view: 'ja4' }]);
    expect(matches[0]!.deviations.map(({ code }) => code)).toEqual(codes);
  });

  it('tells the parts that differ without a known reason', () => {
    const { matches, parts } = compare(`q13d0308h1_${b}_000000000001`);
    expect(matches).toEqual([]);
    expect(parts).toEqual([
      { part: 'transport', ours: 't', theirs: 'q', deviations: [] },
      { part: 'c', ours: c, theirs: '000000000001', deviations: [] },
    ]);
  });

  it('99 for a protocol that is not ASCII, as the programs of FoxIO write', () => {
    const message = clientHello({ extensions: [alpnExtension([0xab, 0xcd])] });
    expect(compare(`t12i010199_${sha('1301')}_000000000000`, message).matches[0]!.deviations).toEqual([
      expect.objectContaining({ code: 'alpn_99' }),
    ]);
  });

  it('cannot be compared with a ja3 string', () => {
    const { against } = explainJa3String(mutt.ja3, { against: `t13d0308h1_${b}_${c}` });
    expect(against).toMatchObject({ matches: [], parts: [], tried: 0 });
  });

  it('read-tls-client-hello 2.0.0 on TLS 1.2 with supported_versions', async () => {
    const message = clientHello({ extensions: [versionsExtension(0x0303), extension(23)] });
    const theirs = calculateJa4(await readTlsClientHello(new PassThrough().end(record(message))));
    expect(compare(theirs, message).matches[0]!.deviations.map(({ code }) => code)).toEqual(['any_supported_versions']);
  });
});

interface Disagreement {
  readonly raw_id: string;
  readonly ja4_disagree?: readonly (readonly [tool: string, ja4: string])[];
}

describe.skipIf(!helloSetIsThere)(`where tools disagree about real captures (${HELLO_SET_ABSENT})`, () => {
  it('most of what they say is explained', () => {
    const raws = new Map(helloSet().map((row) => [row.id, row]));
    const rows: Disagreement[] = readFileSync(
      new URL('../../../../shared/captures/expected.jsonl', import.meta.url),
      'utf8',
    )
      .trimEnd()
      .split('\n')
      .flatMap((line) => JSON.parse(line).hellos);
    const reasons: Record<string, number> = {};
    let all = 0;
    for (const { raw_id, ja4_disagree = [] } of rows) {
      const row = raws.get(raw_id);
      if (row === undefined || row.ja3 === null || row.transport !== 'tcp') continue;
      for (const [tool, ja4] of ja4_disagree) {
        all++;
        for (const { code } of compare(ja4, row.raw, null).matches[0]?.deviations ?? []) {
          reasons[`${tool} ${code}`] = (reasons[`${tool} ${code}`] ?? 0) + 1;
        }
      }
    }
    // docs/fingerprints.md has what read-tls-client-hello does; the others' values were recorded by their projects.
    expect(Object.keys(reasons).sort()).toEqual([
      'ipfixprobe-recorded grease_counted',
      'ndpi-recorded alpn_first_two',
      'ndpi-recorded other_sni',
      'read-tls-client-hello any_supported_versions',
      'read-tls-client-hello hash_of_nothing',
    ]);
    expect(Object.values(reasons).reduce((sum, count) => sum + count, 0) / all).toBeGreaterThan(0.9);
  });
});

describe('what is a fingerprint', () => {
  it.each([
    mutt.ja3Hash,
    mutt.ja3Hash.toUpperCase(),
    't13d1516h2_8daaf6152771_02713d6af862',
    'q13i0310h3_55b375c5d22e_cd85d2d88918',
  ])('%s', (text) => expect(isFingerprintHash(text)).toBe(true));
  it.each([
    '',
    mutt.ja3,
    mutt.ja3Hash.slice(1),
    `${mutt.ja3Hash}0`,
    't13d1516h2_8daaf6152771',
    'x13d1516h2_8daaf6152771_02713d6af862',
  ])('not %s', (text) => expect(isFingerprintHash(text)).toBe(false));
});

it('docs/explain.md lists every deviation of an MD5', () => {
  const docs = readFileSync(new URL('../../../docs/explain.md', import.meta.url), 'utf8');
  const source = readFileSync(new URL('../../../src/explain/against/deviations.ts', import.meta.url), 'utf8');
  const codes = [...source.matchAll(/'([a-z]+(?:_[a-z]+)+)'/g)].map((match) => match[1]!);
  expect(codes.length).toBeGreaterThan(15);
  const listed = new Set([...docs.matchAll(/^\| ([a-z_, ]+) \|/gm)].flatMap((match) => match[1]!.split(', ')));
  expect(codes.filter((code) => !listed.has(code))).toEqual([]);
});
