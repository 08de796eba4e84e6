import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Explanation, explainHello, explainJa3String } from '../../../src/explain/index.js';
import { readCapture } from '../../../src/observe/index.js';
import { isGrease, parseClientHello } from '../../../src/tls/index.js';
import {
  alpnExtension,
  ascii,
  clientHello,
  extension,
  groupsExtension,
  pointFormatsExtension,
  serverNameExtension,
  signaturesExtension,
  versionsExtension,
} from '../../build/hello.js';
import { HELLO_SET_ABSENT, helloSet, helloSetIsThere } from '../../harness/hello-set.js';
import { mutt } from '../../harness/observation.js';

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);

const byNumber = (a: number, b: number): number => a - b;

const explained = (message: Uint8Array): Explanation =>
  explainHello({ hello: parseClientHello(message), recordVersion: null });

/** A Chrome-like hello: GREASE everywhere it may be, and extensions that OpenSSL does not know. */
const GREASED = clientHello({
  ciphers: [0x1a1a, 0x1301, 0xc02b],
  extensions: [
    extension(0x2a2a),
    serverNameExtension('mail.example.org'),
    groupsExtension(0x3a3a, 29, 23),
    pointFormatsExtension(0),
    signaturesExtension(0x0403, 0x0804),
    alpnExtension(ascii('h2')),
    extension(27, [2, 0, 2]),
    extension(17613, [0, 3, 2, 0x68, 0x32]),
    versionsExtension(0x4a4a, 0x0304, 0x0303),
    extension(0x5a5a, [0]),
  ],
});

describe('which values enter', () => {
  const { fingerprints } = explained(GREASED);
  const fields = (which: 'ja3' | 'ja3n'): [string, string, number[]][] =>
    fingerprints[which].fields.map(({ name, text, leftOut }) => [name, text, leftOut.map(({ value }) => value)]);

  it('ja3: all but GREASE, as sent', () => {
    expect(fields('ja3')).toEqual([
      ['version', '771', []],
      ['cipher_suites', '4865-49195', [0x1a1a]],
      ['extensions', '0-10-11-13-16-27-17613-43', [0x2a2a, 0x5a5a]],
      ['supported_groups', '29-23', [0x3a3a]],
      ['ec_point_formats', '0', []],
    ]);
    expect(fingerprints.ja3.fields.flatMap(({ leftOut }) => leftOut).every(({ because }) => because === 'grease')).toBe(
      true,
    );
  });

  it('ja3n: its extensions are sorted', () => {
    expect(fields('ja3n')[2]).toEqual(['extensions', '0-10-11-13-16-27-43-17613', [0x2a2a, 0x5a5a]]);
    expect(fingerprints.ja3n.fields.map(({ sorted }) => sorted)).toEqual([false, false, true, false, false]);
  });

  it.each([
    ['3.0', '0-10-11-13-16-43', [27, 17613]],
    ['3.5', '0-10-11-13-16-27-43', [17613]],
  ] as const)('ssl_ja3 of OpenSSL %s: GREASE ciphers, and only the extensions it knows', (openssl, text, hidden) => {
    const [, ciphers, extensions] = fingerprints.sslJa3[openssl].fields;
    expect(ciphers).toMatchObject({ text: '6682-4865-49195', leftOut: [] });
    expect(extensions!.text).toBe(text);
    expect(extensions!.leftOut.filter(({ because }) => because === 'hidden').map(({ value }) => value)).toEqual(hidden);
  });

  it('ja4: each piece with its reason', () => {
    const { a, b, c, string } = fingerprints.ja4!;
    expect(a.map(({ text }) => text)).toEqual(['t', '13', 'd', '02', '08', 'h2']);
    expect(a.find(({ name }) => name === 'extensions')!.because).toBe('8 extensions, 2 of GREASE not counted');
    expect(b).toMatchObject({ input: '1301,c02b', hash: sha256('1301,c02b'), leftOut: [{ value: 0x1a1a }] });
    const input = '000a,000b,000d,001b,002b,44cd_0403,0804';
    expect(c).toMatchObject({ input, hash: sha256(input) });
    expect(c.leftOut.map(({ value }) => value)).toEqual([0x2a2a, 0, 16, 0x5a5a]);
    expect(string).toBe(`t13d0208h2_1301,c02b_${input}`);
  });

  it('a value that came twice is left out as often as it is missing', () => {
    const twice = explained(clientHello({ ciphers: [0x1301, 0x1a1a, 0x1301, 0x1a1a] }));
    expect(twice.fingerprints.ja3.fields[1]).toMatchObject({
      text: '4865-4865',
      sent: 4,
      leftOut: [{ value: 0x1a1a }, { value: 0x1a1a }],
    });
  });

  it('ja4 is missing where an extension it needs is malformed, and says which', () => {
    const { ja4, ja4Missing } = explained(
      clientHello({ extensions: [extension(13, [0, 9]), extension(16, [1])] }),
    ).fingerprints;
    expect([ja4, ja4Missing]).toEqual([null, ['signature_algorithms', 'application_layer_protocol_negotiation']]);
  });

  it.each<[string, Uint8Array, string, string]>([
    [
      'no extensions',
      clientHello({ version: 0x0301, extensions: null }),
      '10',
      'legacy_version TLS 1.0: no supported_versions',
    ],
    [
      'only GREASE',
      clientHello({ extensions: [versionsExtension(0x0a0a)] }),
      '12',
      'legacy_version TLS 1.2: no supported_versions',
    ],
    [
      'a draft',
      clientHello({ extensions: [versionsExtension(0x7f1c, 0x0303)] }),
      '00',
      'highest of supported_versions: TLS 1.3 draft 28',
    ],
  ])('the version of ja4: %s', (_, message, text, because) => {
    expect(explained(message).fingerprints.ja4!.a[1]).toEqual({ name: 'version', text, because });
  });

  it.each<[string, Uint8Array[], string, RegExp]>([
    ['none', [], '00', /^no ALPN$/],
    ['without a name', [alpnExtension()], '00', /without a protocol/],
    ['an empty name', [alpnExtension([])], '00', /empty/],
    ['a word', [alpnExtension(ascii('http/1.1'))], 'h1', /^first and last character/],
    ['one character', [alpnExtension(ascii('x'))], 'xx', /^first and last character/],
    ['bytes', [alpnExtension([0xab, 0x0a, 0xcd])], 'ad', /hex digit/],
  ])('the protocol of ja4: %s', (_, extensions, text, because) => {
    const step = explained(clientHello({ extensions })).fingerprints.ja4!.a[5]!;
    expect(step.text).toBe(text);
    expect(step.because).toMatch(because);
  });
});

describe('why ja3 and ssl_ja3 differ', () => {
  it('all three reasons', () => {
    const message = clientHello({ version: 0x0301, ciphers: [0x0a0a, 0x1301], extensions: [extension(28, [64, 1])] });
    expect(explained(message).sslJa3Differs).toEqual([
      { because: 'version', sent: { value: 769, name: 'TLS 1.0', grease: false } },
      { because: 'hidden_extensions', values: [expect.objectContaining({ value: 28, name: 'record_size_limit' })] },
      { because: 'grease_ciphers', values: [expect.objectContaining({ value: 0x0a0a, grease: true })] },
    ]);
  });

  it('depends on the OpenSSL generation', () => {
    const found = {
      hello: parseClientHello(clientHello({ extensions: [extension(27, [2, 0, 2])] })),
      recordVersion: null,
    };
    expect(explainHello(found, { openssl: '3.0' }).sslJa3Differs).toHaveLength(1);
    expect(explainHello(found, { openssl: '3.5' }).sslJa3Differs).toEqual([]);
  });

  it('none where they are the same', () => {
    const same = explained(clientHello({ extensions: [serverNameExtension('a'), extension(0x0a0a)] }));
    expect(same.sslJa3Differs).toEqual([]);
    expect(same.fingerprints.ja3.hash).toBe(same.fingerprints.sslJa3['3.0'].hash);
  });

  it.skipIf(!helloSetIsThere)(`if and only if they differ, for every hello of the set (${HELLO_SET_ABSENT})`, () => {
    let compared = 0;
    for (const { raw, ja3, id, transport } of helloSet()) {
      if (ja3 === null || transport !== 'tcp') continue;
      const { fingerprints, sslJa3Differs } = explained(raw);
      expect(sslJa3Differs.length > 0, id).toBe(fingerprints.ja3.hash !== fingerprints.sslJa3['3.0'].hash);
      compared++;
    }
    expect(compared).toBeGreaterThan(700);
  });
});

describe.skipIf(!helloSetIsThere)(`what enters and what does not is all that was sent (${HELLO_SET_ABSENT})`, () => {
  it('in every hello of the set, whose hashes are those of its strings and those that other tools found', () => {
    for (const { raw, ja3, ja3_hash: hash, ja4: theirJa4, id, transport } of helloSet()) {
      if (ja3 === null || transport !== 'tcp') continue;
      const { fingerprints, hello } = explained(raw);
      const sent = hello!.extensions?.map(({ value }) => value) ?? [];
      expect([fingerprints.ja3.string, fingerprints.ja3.hash], id).toEqual([ja3, hash]);
      if (theirJa4 !== null) expect(fingerprints.ja4?.hash, id).toBe(theirJa4);
      for (const derivation of [fingerprints.ja3, fingerprints.ja3n, ...Object.values(fingerprints.sslJa3)]) {
        expect(md5(derivation.string)).toBe(derivation.hash);
        expect(derivation.fields.map(({ text }) => text).join(',')).toBe(derivation.string);
        for (const { text, leftOut, sent: count } of derivation.fields) {
          expect((text === '' ? 0 : text.split('-').length) + leftOut.length, id).toBe(count);
        }
        const { text, leftOut } = derivation.fields[2]!;
        const kept = text === '' ? [] : text.split('-').map(Number);
        expect([...kept, ...leftOut.map(({ value }) => value)].sort(byNumber), id).toEqual([...sent].sort(byNumber));
      }
      expect(fingerprints.ja3.fields[2]!.leftOut.every(({ value }) => isGrease(value))).toBe(true);
      const { ja4 } = fingerprints;
      if (ja4 === null) continue;
      const parts = [ja4.b, ja4.c].map(({ input }) => (input === '' ? '0'.repeat(12) : sha256(input)));
      expect([ja4.a.map(({ text }) => text).join(''), ...parts].join('_'), id).toBe(ja4.hash);
    }
  });
});

const SAMPLES = fileURLToPath(new URL('../../../samples', import.meta.url));

describe('the samples, against what other programs said of them', () => {
  const folders = readdirSync(SAMPLES, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const captures = [SAMPLES, ...folders.map(({ name }) => `${SAMPLES}/${name}`)].filter((folder) =>
    readdirSync(folder).includes('expected.json'),
  );
  it.each(captures)('%s', async (folder) => {
    const { capture, hellos } = JSON.parse(readFileSync(`${folder}/expected.json`, 'utf8'));
    const found = [];
    for await (const { hello } of readCapture(`${folder}/${capture}`)) {
      const { fingerprints } = explainHello({ hello, recordVersion: null });
      found.push({
        ja3: fingerprints.ja3.string,
        ja3_hash: fingerprints.ja3.hash,
        ja4: fingerprints.ja4!.hash,
        sslJa3: fingerprints.sslJa3['3.5'].string,
      });
    }
    expect(found).toEqual(
      hellos.map(({ ja3, ja3_hash, ja4, ssl_ja3 }: Record<string, string>) => ({
        ja3,
        ja3_hash,
        ja4,
        sslJa3: ssl_ja3 ?? expect.any(String),
      })),
    );
  });
});

describe('a ja3 string', () => {
  it("gives what follows from it: Mutt's, whose ssl_ja3 Dovecot documents", () => {
    const { kind, hello, lists, fingerprints, sslJa3Differs } = explainJa3String(mutt.ja3);
    expect([kind, hello]).toEqual(['ja3_string', null]);
    expect(fingerprints.ja3).toMatchObject({ string: mutt.ja3, hash: mutt.ja3Hash });
    expect(fingerprints.sslJa3['3.0']).toMatchObject({ string: mutt.sslJa3, hash: mutt.sslJa3Hash });
    expect([fingerprints.ja4, fingerprints.ja4Missing]).toEqual([null, ['not_in_ja3_string']]);
    expect(sslJa3Differs).toEqual([{ because: 'hidden_extensions', values: [expect.objectContaining({ value: 28 })] }]);
    expect(lists!.version).toEqual({ value: 771, name: 'TLS 1.2', grease: false });
    expect(lists!.cipherSuites[0]!.name).toBe('TLS_AES_256_GCM_SHA384');
    expect(lists!.supportedGroups.at(-1)!.name).toBe('ffdhe8192');
    expect(lists!.ecPointFormats).toEqual([{ value: 0, name: 'uncompressed', grease: false }]);
  });

  it('with GREASE that a tool left in', () => {
    const { fingerprints } = explainJa3String('771,2570-4865,6682-0,14906-29,0');
    expect(fingerprints.ja3.string).toBe('771,4865,0,29,0');
    expect(fingerprints.ja3.fields[1]!.leftOut).toEqual([expect.objectContaining({ value: 2570, because: 'grease' })]);
    expect(fingerprints.sslJa3['3.0'].string).toBe('771,2570-4865,0,29,0');
  });
});
