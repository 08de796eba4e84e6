import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseServerHello } from '../../../src/tls/index.js';
import { concat, extension, handshake, serverHello, TEST_RANDOM, u16 } from '../../build/hello.js';
import { refusal } from '../../harness/refusal.js';

describe('parseServerHello', () => {
  it('keeps what was sent', () => {
    const hello = parseServerHello(
      serverHello({ cipher: 0xc02b, extensions: [extension(65281, [0]), extension(43, u16(0x0304))] }),
    );
    expect(hello).toMatchObject({
      type: 'server_hello',
      legacyVersion: 0x0303,
      cipherSuite: 0xc02b,
      compressionMethod: 0,
      selectedVersion: 0x0304,
      helloRetryRequest: false,
    });
    expect([...hello.random]).toEqual([...TEST_RANDOM]);
    expect(hello.extensions!.map(({ type, data }) => [type, [...data]])).toEqual([
      [65281, [0]],
      [43, [3, 4]],
    ]);
  });

  it('copies its input', () => {
    const message = serverHello();
    const sent = [...message];
    const hello = parseServerHello(message);
    message.fill(0);
    expect([...hello.raw]).toEqual(sent);
    expect([...hello.random]).toEqual([...TEST_RANDOM]);
  });

  it('no block, and a supported_versions that cannot be read', () => {
    expect(parseServerHello(serverHello({ extensions: null })).extensions).toBeNull();
    expect(parseServerHello(serverHello({ extensions: null })).selectedVersion).toBeNull();
    expect(parseServerHello(serverHello({ extensions: [extension(43, [3])] })).selectedVersion).toBeNull();
  });

  it('knows a HelloRetryRequest by its random, the SHA-256 of that word (RFC 8446 section 4.1.3)', () => {
    const random = createHash('sha256').update('HelloRetryRequest').digest();
    expect(parseServerHello(serverHello({ random })).helloRetryRequest).toBe(true);
    random[31]! ^= 1;
    expect(parseServerHello(serverHello({ random })).helloRetryRequest).toBe(false);
  });

  it.each([0x7f12, 0x7f15])('reads the short form of draft %i', (version) => {
    // draft-ietf-tls-tls13-18 section 4.1.3: version, random, cipher_suite, extensions.
    const short = handshake(2, u16(version), TEST_RANDOM, u16(0x1301), [0, 4], extension(40));
    expect(parseServerHello(short)).toMatchObject({ legacyVersion: version, cipherSuite: 0x1301 });
    expect(parseServerHello(short).extensions!.map(({ type }) => type)).toEqual([40]);
    expect(parseServerHello(short).sessionId).toHaveLength(0);
  });

  const sound = serverHello({ extensions: null });
  it.each([
    ['a ClientHello', handshake(1), { code: 'not_server_hello', field: 'msg_type', offset: 0 }],
    ['an empty message', handshake(2), { code: 'truncated', field: 'legacy_version', offset: 4 }],
    ['a message cut short', sound.subarray(0, -1), { code: 'truncated', field: 'handshake_length', offset: 4 }],
    ['bytes after it', concat(sound, [0]), { code: 'trailing_bytes', field: 'handshake_message', offset: 42 }],
    [
      'a block that overruns',
      handshake(2, sound.subarray(4), [0, 1]),
      { code: 'truncated', field: 'extensions', offset: 44 },
    ],
    [
      'bytes after the block',
      handshake(2, sound.subarray(4), [0, 0, 7]),
      { code: 'trailing_bytes', field: 'server_hello', offset: 44 },
    ],
  ])('refuses %s', (_, message, expected) => {
    expect(refusal(() => parseServerHello(message))).toEqual(expected);
  });
});
