import { describe, expect, it } from 'vitest';
import { parseClientHello } from '../../../src/tls/index.js';
import {
  alpnExtension,
  ascii,
  clientHello,
  concat,
  extension,
  groupsExtension,
  handshake,
  pointFormatsExtension,
  prefixed8,
  prefixed16,
  serverNameExtension,
  signaturesExtension,
  TEST_RANDOM,
  u16,
  versionsExtension,
} from '../../build/hello.js';
import { refusal } from '../../harness/refusal.js';

const withExtension = (...extensions: Uint8Array[]) => parseClientHello(clientHello({ extensions }));
/** Body up to the extensions: 4 header, 2 version, 32 random, 1 + 0 session id, 2 + 2 ciphers, 1 + 1 compression, 2 block length. */
const FIRST_EXTENSION = 47;

describe('parseClientHello keeps what was sent', () => {
  it('fixed fields, in numbers and bytes', () => {
    const hello = parseClientHello(
      clientHello({
        version: 0x0301,
        sessionId: [1, 2, 3],
        ciphers: [0x0a0a, 255, 0x1301, 0x1301],
        compression: [1, 0],
      }),
    );
    expect(hello.type).toBe('client_hello');
    expect(hello.legacyVersion).toBe(769);
    expect([...hello.random]).toEqual([...TEST_RANDOM]);
    expect([...hello.sessionId]).toEqual([1, 2, 3]);
    expect(hello.cipherSuites).toEqual([0x0a0a, 255, 0x1301, 0x1301]);
    expect(hello.compressionMethods).toEqual([1, 0]);
  });

  it('extensions in order, unknown, empty and repeated ones too, with their bytes', () => {
    const hello = withExtension(extension(0x1a1a), extension(4711, [1, 2]), extension(23), extension(4711, [3]));
    expect(hello.extensions!.map(({ type, data }) => [type, [...data]])).toEqual([
      [0x1a1a, []],
      [4711, [1, 2]],
      [23, []],
      [4711, [3]],
    ]);
    expect(hello.extensionTypes).toEqual([0x1a1a, 4711, 23, 4711]);
    expect(hello.notes).toEqual([]);
  });

  it('no extensions block is not an empty one', () => {
    const none = parseClientHello(clientHello({ extensions: null }));
    const empty = parseClientHello(clientHello({ extensions: [] }));
    expect(none.extensions).toBeNull();
    expect(empty.extensions).toEqual([]);
    expect([none.extensionTypes, empty.extensionTypes]).toEqual([[], []]);
    expect([none.supportedGroups, none.serverName, none.alpn, none.padding, none.psk, none.ech]).toEqual([
      null,
      null,
      null,
      null,
      false,
      false,
    ]);
    expect(none.notes).toEqual([]);
  });

  it('an empty cipher list and no compression method', () => {
    const hello = parseClientHello(clientHello({ ciphers: [], compression: [] }));
    expect(hello.cipherSuites).toEqual([]);
    expect(hello.compressionMethods).toEqual([]);
  });

  it('a copy: the input may be reused before anything is asked for', () => {
    const message = clientHello({ extensions: [serverNameExtension('imap.example'), extension(35, [7, 8])] });
    const sent = [...message];
    const hello = parseClientHello(message);
    message.fill(0xee);
    expect([...hello.raw]).toEqual(sent);
    expect([...hello.random]).toEqual([...TEST_RANDOM]);
    expect(hello.serverName).toBe('imap.example');
    expect([...hello.extensions![1]!.data]).toEqual([7, 8]);
  });
});

describe('interpreted extensions', () => {
  it('are read where they are there', () => {
    const share = (group: number, length: number) => concat(u16(group), prefixed16(new Uint8Array(length)));
    const hello = withExtension(
      serverNameExtension('mail.example.org'),
      groupsExtension(0x1a1a, 0x11ec, 29),
      pointFormatsExtension(0, 1, 2),
      signaturesExtension(0x0403, 0x0804),
      alpnExtension(ascii('imap'), [0xe9, 0]),
      versionsExtension(0x2a2a, 0x0304, 0x0303),
      extension(51, prefixed16(share(0x1a1a, 1), share(0x11ec, 1216), share(29, 32))),
      extension(45, prefixed8([1, 0])),
      extension(27, prefixed8(u16(2, 1))),
      extension(28, u16(16385)),
      extension(21, new Uint8Array(17)),
      extension(35),
      extension(65037, [0], u16(1, 1), [42], prefixed16(new Uint8Array(32)), prefixed16(new Uint8Array(144))),
      extension(41, [0]),
    );
    expect(hello.serverName).toBe('mail.example.org');
    expect(hello.supportedGroups).toEqual([0x1a1a, 0x11ec, 29]);
    expect(hello.ecPointFormats).toEqual([0, 1, 2]);
    expect(hello.signatureAlgorithms).toEqual([0x0403, 0x0804]);
    expect(hello.alpn).toEqual(['imap', '\xe9\0']);
    expect(hello.supportedVersions).toEqual([0x2a2a, 0x0304, 0x0303]);
    expect(hello.keyShareGroups).toEqual([0x1a1a, 0x11ec, 29]);
    expect(hello.pskKeyExchangeModes).toEqual([1, 0]);
    expect(hello.compressCertificate).toEqual([2, 1]);
    expect(hello.recordSizeLimit).toBe(16385);
    expect(hello.padding).toBe(17);
    expect(hello.sessionTicket).toBe(0);
    expect(hello.ech).toBe(true);
    expect(hello.psk).toBe(true);
    expect(hello.notes).toEqual([]);
  });

  it('empty lists are empty arrays', () => {
    const hello = withExtension(
      groupsExtension(),
      pointFormatsExtension(),
      signaturesExtension(),
      alpnExtension(),
      versionsExtension(),
      extension(51, [0, 0]),
    );
    expect(hello.supportedGroups).toEqual([]);
    expect(hello.ecPointFormats).toEqual([]);
    expect(hello.signatureAlgorithms).toEqual([]);
    expect(hello.alpn).toEqual([]);
    expect(hello.supportedVersions).toEqual([]);
    expect(hello.keyShareGroups).toEqual([]);
    expect(hello.notes).toEqual([]);
  });

  it('the last of repeated ones counts', () => {
    const hello = withExtension(
      serverNameExtension('a'),
      groupsExtension(23),
      serverNameExtension('b'),
      groupsExtension(29),
    );
    expect(hello.serverName).toBe('b');
    expect(hello.supportedGroups).toEqual([29]);
  });

  it('an inner encrypted_client_hello is not an outer one', () => {
    expect(withExtension(extension(65037, [1])).ech).toBe(false);
    expect(withExtension(extension(65037, [1])).notes).toEqual([]);
  });

  it('server_name takes the first host_name and passes over other types', () => {
    const names = prefixed16([7], prefixed16(ascii('?')), [0], prefixed16(ascii('one')), [0], prefixed16(ascii('two')));
    expect(withExtension(extension(0, names)).serverName).toBe('one');
  });

  const BODY = FIRST_EXTENSION + 4;
  it.each([
    ['server_name', extension(0), 'serverName', { code: 'truncated', field: 'server_name_list', offset: BODY }],
    [
      'server_name with an empty list',
      extension(0, [0, 0]),
      'serverName',
      { code: 'empty', field: 'host_name', offset: BODY + 2 },
    ],
    [
      'server_name with leftovers',
      extension(0, [0, 4, 0, 0, 1, 65, 9]),
      'serverName',
      { code: 'trailing_bytes', field: 'server_name', offset: BODY + 6 },
    ],
    [
      'server_name whose name overruns',
      extension(0, [0, 4, 0, 0, 2, 65]),
      'serverName',
      { code: 'truncated', field: 'host_name', offset: BODY + 5 },
    ],
    [
      'signature_algorithms',
      extension(13, [0, 3, 4, 3, 8]),
      'signatureAlgorithms',
      { code: 'odd_length', field: 'signature_algorithms', offset: BODY + 2 },
    ],
    ['ALPN', extension(16, [0, 2, 5, 65]), 'alpn', { code: 'truncated', field: 'protocol_name', offset: BODY + 3 }],
    [
      'supported_versions',
      extension(43, [2, 3, 4, 0]),
      'supportedVersions',
      { code: 'trailing_bytes', field: 'supported_versions', offset: BODY + 3 },
    ],
    [
      'key_share',
      extension(51, [0, 4, 0, 29, 0, 1]),
      'keyShareGroups',
      { code: 'truncated', field: 'key_exchange', offset: BODY + 6 },
    ],
    [
      'psk_key_exchange_modes',
      extension(45, [2, 1]),
      'pskKeyExchangeModes',
      { code: 'truncated', field: 'ke_modes', offset: BODY + 1 },
    ],
    [
      'compress_certificate',
      extension(27, [1, 2]),
      'compressCertificate',
      { code: 'odd_length', field: 'algorithms', offset: BODY + 1 },
    ],
    [
      'record_size_limit',
      extension(28, [1]),
      'recordSizeLimit',
      { code: 'truncated', field: 'record_size_limit', offset: BODY },
    ],
  ] as const)('malformed %s is null with a note', (_, broken, field, note) => {
    const hello = withExtension(broken, extension(23));
    expect(hello[field]).toBeNull();
    expect(hello.notes).toEqual([note]);
    expect(hello.notes).toBe(hello.notes);
  });

  it('a malformed encrypted_client_hello is noted and not counted', () => {
    for (const content of [[2], [0, 0, 1, 0, 1, 42, 0, 0, 0, 1], [1, 0], []]) {
      const hello = withExtension(extension(65037, content));
      expect(hello.ech).toBe(false);
      expect(hello.notes).toHaveLength(1);
    }
  });

  it('notes come in the order of the bytes, whatever was asked for first', () => {
    const hello = withExtension(extension(43), extension(16), extension(0));
    void hello.serverName;
    expect(hello.notes.map((note) => note.offset)).toEqual([BODY, BODY + 4, BODY + 8]);
  });
});

describe('parseClientHello refuses', () => {
  const sound = clientHello({ extensions: [groupsExtension(29)] });

  it.each([
    ['nothing', [], { code: 'truncated', field: 'msg_type', offset: 0 }],
    ['another message', handshake(2, [3, 3]), { code: 'not_client_hello', field: 'msg_type', offset: 0 }],
    ['a message cut short', sound.subarray(0, -1), { code: 'truncated', field: 'handshake_length', offset: 4 }],
    [
      'bytes after the message',
      concat(sound, [0]),
      { code: 'trailing_bytes', field: 'handshake_message', offset: sound.length },
    ],
    ['an empty message', [1, 0, 0, 0], { code: 'truncated', field: 'legacy_version', offset: 4 }],
    [
      'bytes after the hello',
      handshake(1, sound.subarray(4), [0]),
      { code: 'trailing_bytes', field: 'client_hello', offset: sound.length },
    ],
    [
      'one byte where the extensions should be',
      handshake(1, u16(0x303), TEST_RANDOM, [0], [0, 0], [0], [0]),
      { code: 'truncated', field: 'extensions', offset: 42 },
    ],
    [
      'an odd cipher list',
      handshake(1, u16(0x303), TEST_RANDOM, [0], prefixed16([19, 1, 19]), [1, 0]),
      { code: 'odd_length', field: 'cipher_suites', offset: 41 },
    ],
    [
      'a cipher list that overruns',
      handshake(1, u16(0x303), TEST_RANDOM, [0], [0, 4, 19, 1]),
      { code: 'truncated', field: 'cipher_suites', offset: 41 },
    ],
    [
      'a session id that overruns',
      handshake(1, u16(0x303), TEST_RANDOM, [9, 1]),
      { code: 'truncated', field: 'legacy_session_id', offset: 39 },
    ],
  ])('%s', (_, message, expected) => {
    expect(refusal(() => parseClientHello(Uint8Array.from(message)))).toEqual(expected);
  });

  const BODY = FIRST_EXTENSION + 4;
  it.each([
    [
      'an extension that overruns the block',
      [0, 23, 0, 1],
      { code: 'truncated', field: 'extension_data', offset: BODY },
    ],
    ['half an extension header', [0, 23, 0], { code: 'truncated', field: 'extension_data', offset: BODY - 2 }],
    [
      'supported_groups of odd length',
      extension(10, [0, 3, 0, 29, 0]),
      { code: 'odd_length', field: 'supported_groups', offset: BODY + 2 },
    ],
    // read-tls-client-hello 2.0.0 makes a JA3 with an empty groups field of this.
    [
      'supported_groups that overruns',
      extension(10, [0, 4, 0, 29]),
      { code: 'truncated', field: 'supported_groups', offset: BODY + 2 },
    ],
    [
      'supported_groups with leftovers',
      extension(10, [0, 2, 0, 29, 0]),
      { code: 'trailing_bytes', field: 'supported_groups', offset: BODY + 4 },
    ],
    [
      'supported_groups without its length',
      extension(10),
      { code: 'truncated', field: 'supported_groups', offset: BODY },
    ],
    // read-tls-client-hello 2.0.0 makes `771,4865-49199,11,,0----` of this.
    [
      'ec_point_formats that overruns',
      extension(11, [5, 0]),
      { code: 'truncated', field: 'ec_point_formats', offset: BODY + 1 },
    ],
    [
      'ec_point_formats with leftovers',
      extension(11, [1, 0, 0]),
      { code: 'trailing_bytes', field: 'ec_point_formats', offset: BODY + 2 },
    ],
    [
      'ec_point_formats without its length',
      extension(11),
      { code: 'truncated', field: 'ec_point_formats', offset: BODY },
    ],
  ])('%s', (_, extensionBytes, expected) => {
    expect(refusal(() => parseClientHello(clientHello({ extensions: [extensionBytes] })))).toEqual(expected);
  });

  it('a broken supported_groups that a sound one follows', () => {
    const extensions = [extension(10, [0, 1, 0]), groupsExtension(29)];
    expect(refusal(() => parseClientHello(clientHello({ extensions }))).field).toBe('supported_groups');
  });
});
