import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Ja3Lists, parseJa3String, sslJa3 } from '../../../src/fingerprint/index.js';
import type { ClientHello, Observation } from '../../../src/model/index.js';
import { readCapture } from '../../../src/observe/index.js';
import { deviceKeyOf, deviceKeyOfHash } from '../../../src/recognize/index.js';
import { parseClientHello } from '../../../src/tls/index.js';
import { HELLO_SET_ABSENT, helloSet, helloSetIsThere } from '../../harness/hello-set.js';
import { CHROME, MUTT_JA3, MUTT_SSL_JA3, md5, OPENSSL, shipped, withExtensions } from './labels.js';

const keyOf = (string: string) => deviceKeyOf(parseJa3String(string));
const samples = new URL('../../../samples/', import.meta.url).pathname;

function listsOf(hello: ClientHello): Ja3Lists {
  return {
    version: hello.legacyVersion,
    cipherSuites: hello.cipherSuites,
    extensions: hello.extensionTypes,
    supportedGroups: hello.supportedGroups ?? [],
    ecPointFormats: hello.ecPointFormats ?? [],
  };
}

async function hellosOf(folder: string): Promise<Observation[]> {
  const found: Observation[] = [];
  for (const name of readdirSync(samples + folder).filter((one) => one.endsWith('.pcapng'))) {
    for await (const observation of readCapture(`${samples}${folder}/${name}`)) found.push(observation);
  }
  return found;
}

describe('one client, told by different tellers', () => {
  it('Mutt: the ja3 of the wire and the ssl_ja3 that the Dovecot documentation prints', () => {
    expect(keyOf(MUTT_SSL_JA3)).toBe(keyOf(MUTT_JA3));
  });

  it.each(['3.0', '3.5'] as const)('every shipped client: its ja3, and its ssl_ja3 of OpenSSL %s', (openssl) => {
    const strings = shipped.filter((label) => label.view === 'ja3').map((label) => label.string!);
    expect(strings.length).toBeGreaterThan(20);
    for (const string of strings) {
      const [, ciphers, extensions, groups, formats] = string.split(',') as [string, string, string, string, string];
      // What OpenSSL's ext_defs has, written out: RFC 8879 and the two of RFC 7250 came later.
      const known = '0 1 5 10 11 12 13 16 18 21 22 23 35 41 42 43 44 45 47 49 50 51 13172 65000 65281'.split(' ');
      const told = extensions
        .split('-')
        .filter((type) => known.includes(type) || (openssl === '3.5' && ['19', '20', '27'].includes(type)));
      expect(keyOf(`771,${ciphers},${told.join('-')},${groups},${formats}`)).toBe(keyOf(string));
    }
  });

  it('the version is not in it: Dovecot says 771 of every hello', () => {
    expect(keyOf(OPENSSL.replace('771', '769'))).toBe(keyOf(OPENSSL));
  });
});

describe('one client in several situations', () => {
  // Hashes captured on the wire (see mail-clients.test.ts): the string with the change is that of the other situation.
  it.each([
    ['a3afc2c4', 'c216e752'],
    ['d39e1be3', 'c12b4ccd'],
    ['f35ce21b', '24fdb1f1'],
    ['32194573', '86e68c2e'],
  ])('%s asks for an address: %s', (named, unnamed) => {
    const string = shipped.find((one) => one.view === 'ja3' && one.hash.startsWith(named))!.string!;
    const without = withExtensions(string, (types) => types.filter((type) => type !== 0));
    expect(md5(without).slice(0, 8)).toBe(unnamed);
    expect(keyOf(without)).toBe(keyOf(string));
  });

  it('extensions in another order', () => {
    expect(keyOf(withExtensions(CHROME, (types) => [...types].reverse()))).toBe(keyOf(CHROME));
  });

  it('the samples: what resumes has the key of what it was', async () => {
    const hellos = await hellosOf('resumption');
    const resumed = hellos.filter((one) => one.hello.psk);
    expect(resumed.length).toBeGreaterThan(1);
    for (const { hello, src, fingerprint } of resumed) {
      const first = hellos.find((one) => !one.hello.psk && one.src.ip === src.ip)!;
      expect(fingerprint.ja3.hash).not.toBe(first.fingerprint.ja3.hash);
      expect(deviceKeyOf(listsOf(hello))).toBe(deviceKeyOf(listsOf(first.hello)));
    }
  });

  it('the samples: the second hello after a HelloRetryRequest has the key of the first', async () => {
    const hellos = await hellosOf('hello-retry');
    const second = hellos.filter((one) => one.retry);
    expect(second.length).toBeGreaterThan(0);
    for (const { hello, src } of second) {
      const first = hellos.find((one) => !one.retry && one.src.port === src.port)!;
      expect(deviceKeyOf(listsOf(hello))).toBe(deviceKeyOf(listsOf(first.hello)));
    }
  });
});

describe('different clients', () => {
  it('other ciphers, groups, point formats or extensions give other keys', () => {
    const others = [
      OPENSSL.replace('4866-4867', '4867-4866'),
      OPENSSL.replace('29-23-30', '23-29-30'),
      OPENSSL.replace('0-1-2', '0'),
      withExtensions(OPENSSL, (types) => types.filter((type) => type !== 22)),
      MUTT_JA3,
      CHROME,
    ];
    expect(new Set([OPENSSL, ...others].map(keyOf)).size).toBe(1 + others.length);
  });

  it('is 32 lower-case hex digits, of a hash nobody knows too', () => {
    const keys = [keyOf(OPENSSL), deviceKeyOfHash('ja3', md5(OPENSSL)), deviceKeyOfHash('ssl_ja3', md5(OPENSSL))];
    for (const key of keys) expect(key).toMatch(/^[0-9a-f]{32}$/);
    expect(new Set(keys).size).toBe(3);
  });
});

describe.skipIf(!helloSetIsThere)(`1,585 recorded hellos (${HELLO_SET_ABSENT})`, () => {
  const hellos = helloSetIsThere ? helloSet().filter((one) => one.ja3 !== null && one.parse_error === null) : [];

  it('the ja3 that independent tools tell has the key of the bytes, GREASE or not', () => {
    expect(hellos.length).toBeGreaterThan(1000);
    for (const { raw, ja3 } of hellos) expect(deviceKeyOf(listsOf(parseClientHello(raw)))).toBe(keyOf(ja3!));
  });

  it('what Dovecot told of them has the key of the bytes', () => {
    const told = hellos.filter((one) => one.ssl_ja3_hash !== undefined);
    expect(told.length).toBeGreaterThan(500);
    for (const { raw, ssl_ja3_hash } of told) {
      const hello = parseClientHello(raw);
      const value = sslJa3(hello, '3.0');
      expect(value.hash).toBe(ssl_ja3_hash);
      expect(keyOf(value.string)).toBe(deviceKeyOf(listsOf(hello)));
      expect(keyOf(sslJa3(hello, '3.5').string)).toBe(deviceKeyOf(listsOf(hello)));
    }
  });
});
