import { describe, expect, it } from 'vitest';
import { fingerprint, ja3, ja3n, ja3s, sslJa3 } from '../../../src/fingerprint/index.js';
import { parseClientHello, parseServerHello } from '../../../src/tls/index.js';
import { clientHello, extension, groupsExtension, pointFormatsExtension, serverHello } from '../../build/hello.js';

/** A hello that has this JA3 string. */
function helloOf(string: string) {
  const [version, ciphers, types, groups, formats] = string
    .split(',')
    .map((field) => (field === '' ? [] : field.split('-').map(Number)));
  const extensions = types!.map((type) => {
    if (type === 10) return groupsExtension(...groups!);
    if (type === 11) return pointFormatsExtension(...formats!);
    return extension(type);
  });
  const parts = { version: version![0]!, ciphers: ciphers!, extensions: extensions.length > 0 ? extensions : null };
  return parseClientHello(clientHello(parts));
}

// https://github.com/salesforce/ja3, README
describe('the examples of Salesforce', () => {
  it.each([
    ['769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0', 'ada70206e40642a3e4461f35503241d5'],
    ['769,4-5-10-9-100-98-3-6-19-18-99,,,', 'de350869b8c85de67a350c8d186f11e6'],
  ])('%s', (string, hash) => {
    expect(ja3(helloOf(string))).toEqual({ string, hash });
  });
});

// Dovecot 2.4 documentation, ssl_ja3 and ssl_ja3_hash
const DOVECOT = [
  [
    '771,4866-4867-4865-4868-49196-52393-49325-49162-49195-49324-49161-49200-52392-49172-49199-49171-157-49309-53-156-49308-47-159-52394-49311-57-158-49310-51,5-10-11-13-22-23-35-51-43-65281-0-45,23-24-25-29-30-256-257-258-259-260,0',
    'b7e9d913d85c071f5b806d59601e9b96',
  ],
  [
    '771,4866-4867-4865-49196-49200-159-52393-52392-52394-49195-49199-158-49188-49192-107-49187-49191-103-49162-49172-57-49161-49171-51-157-156-61-60-53-47-255,11-10-35-22-23-13-43-45-51,29-23-30-25-24,0-1-2',
    'c34a54599a1fbaf1786aa6d633545a60',
  ],
  [
    '771,4865-4867-4866-49195-49199-52393-52392-49196-49200-49162-49161-49171-49172-156-157-47-53,0-23-65281-10-11-35-5-51-43-13-45-21,29-23-24-25-256-257,0',
    '3ed71a458200f4af79031644408b8e58',
  ],
] as const;

describe('the examples of the Dovecot documentation', () => {
  it.each(DOVECOT)('%s', (string, hash) => {
    expect(sslJa3(helloOf(string))).toEqual({ string, hash });
  });

  it('a hello that OpenSSL shows whole has the same string both ways', () => {
    const hello = helloOf(DOVECOT[1][0]);
    expect(ja3(hello)).toEqual(sslJa3(hello));
  });

  // Captured from Mutt 2.2.9 with GnuTLS: the wire has record_size_limit (28) at its end, which OpenSSL hides.
  it('Mutt on the wire is f35ce21b…', () => {
    const wire = DOVECOT[0][0].replace('0-45,', '0-45-28,');
    const hello = helloOf(wire);
    expect(ja3(hello)).toEqual({ string: wire, hash: 'f35ce21b44ac0b87d3266294bb1b0e20' });
    expect(sslJa3(hello).hash).toBe(DOVECOT[0][1]);
  });
});

describe('ja3', () => {
  it('leaves GREASE out of ciphers, extensions and groups and keeps everything else, signalling suites too', () => {
    const hello = parseClientHello(
      clientHello({
        ciphers: [0x0a0a, 4865, 255, 22016, 0xfafa, 0x0a1a],
        extensions: [
          extension(0x1a1a),
          groupsExtension(0x2a2a, 29, 0x3a3a),
          pointFormatsExtension(0x0a, 0),
          extension(0xeaea, [0]),
        ],
      }),
    );
    expect(ja3(hello).string).toBe(`771,4865-255-22016-${0x0a1a},10-11,29,10-0`);
  });

  it('lists a repeated extension as often as sent and takes the contents of the last', () => {
    const hello = parseClientHello(
      clientHello({
        extensions: [groupsExtension(23), pointFormatsExtension(1), groupsExtension(29, 24), pointFormatsExtension(0)],
      }),
    );
    expect(ja3(hello).string).toBe('771,4865,10-11-10-11,29-24,0');
  });

  it('has empty fields for no ciphers, an empty block and no block', () => {
    const string = (extensions: [] | null) => ja3(parseClientHello(clientHello({ ciphers: [], extensions }))).string;
    expect(string([])).toBe('771,,,,');
    expect(string(null)).toBe('771,,,,');
  });

  it('takes the version of the hello, never supported_versions', () => {
    const versions = extension(43, [2, 3, 4]);
    expect(ja3(parseClientHello(clientHello({ version: 0x0302, extensions: [versions] }))).string).toBe(
      '770,4865,43,,',
    );
  });

  it('ja3n sorts extension types and nothing else', () => {
    const extensions = [
      extension(65281),
      groupsExtension(29, 23),
      extension(0x1a1a),
      extension(0),
      extension(11, [1, 0]),
    ];
    const hello = parseClientHello(clientHello({ ciphers: [4867, 4865], extensions }));
    expect(ja3n(hello).string).toBe('771,4867-4865,0-10-11-65281,29-23,0');
    const long = Array.from({ length: 300 }, (_, i) => extension(1000 + ((i * 7) % 300)));
    const types = Array.from({ length: 300 }, (_, i) => 1000 + i).join('-');
    expect(ja3n(parseClientHello(clientHello({ extensions: long }))).string).toBe(`771,4865,${types},,`);
  });

  it('writes numbers of every length, and strings longer than its first buffer', () => {
    const ciphers = [0, 9, 10, 99, 100, 999, 1000, 9999, 10000, 65535, ...Array.from({ length: 9000 }, () => 49200)];
    expect(ja3(parseClientHello(clientHello({ ciphers }))).string).toBe(`771,${ciphers.join('-')},,,`);
  });
});

describe('ssl_ja3', () => {
  // The types of ext_defs in OpenSSL's ssl/statem/extensions.c, which Dovecot 2.4.1 and 2.4.4 were seen to list.
  it('always says 771, keeps GREASE ciphers and lists only what OpenSSL knows', () => {
    const types = [0x1a1a, 17513, 19, 20, 27, 28, 34, 49, 65037, 13172, 65000, 65281];
    const hello = parseClientHello(
      clientHello({
        version: 0x0301,
        ciphers: [0x3a3a, 4865],
        extensions: [...types.map((type) => extension(type)), groupsExtension(0x0a0a, 29)],
      }),
    );
    expect(sslJa3(hello).string).toBe(`771,${0x3a3a}-4865,49-13172-65000-65281-10,29,`);
    expect(sslJa3(hello, '3.5').string).toBe(`771,${0x3a3a}-4865,19-20-27-49-13172-65000-65281-10,29,`);
    expect(fingerprint(hello, { openssl: '3.5' }).sslJa3).toEqual(sslJa3(hello, '3.5'));
    expect(fingerprint(hello).sslJa3).toEqual(sslJa3(hello, '3.0'));
  });
});

describe('ja3s', () => {
  // Confirmed for badcurveball.pcap by tshark.
  it('is version, cipher and extensions of the ServerHello', () => {
    const extensions = [0, 65281, 11, 35, 16].map((type) => extension(type));
    const hello = parseServerHello(serverHello({ cipher: 49195, extensions }));
    expect(ja3s(hello)).toEqual({ string: '771,49195,0-65281-11-35-16', hash: '2d1eb5817ece335c24904f516ad5da12' });
  });

  it('leaves nothing out, and has an empty field for no extensions', () => {
    expect(ja3s(parseServerHello(serverHello({ extensions: [extension(0x0a0a), extension(43, [3, 4])] }))).string).toBe(
      '771,4865,2570-43',
    );
    expect(ja3s(parseServerHello(serverHello({ extensions: null }))).string).toBe('771,4865,');
  });
});

describe('fingerprint', () => {
  it('computes a member once', () => {
    const print = fingerprint(helloOf(DOVECOT[0][0]));
    expect(print.ja3).toBe(print.ja3);
    expect(print.ja3n).toBe(print.ja3n);
    expect(print.sslJa3).toBe(print.sslJa3);
    expect(print.ja4).toBe(print.ja4);
  });
});
