import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  type ExplainedExtension,
  type ExplainedHello,
  explainHello,
  type NamedValue,
  type SizedValue,
} from '../../../src/explain/index.js';
import { readCapture } from '../../../src/observe/index.js';
import { parseClientHello } from '../../../src/tls/index.js';
import {
  alpnExtension,
  ascii,
  clientHello,
  extension,
  groupsExtension,
  prefixed8,
  prefixed16,
  serverNameExtension,
  signaturesExtension,
  u16,
  versionsExtension,
} from '../../build/hello.js';
import { TSHARK_ABSENT, tsharkIsThere } from '../../harness/tshark.js';

const fieldsOf = (message: Uint8Array): ExplainedHello =>
  explainHello({ hello: parseClientHello(message), recordVersion: null }).hello!;

const extensionsOf = (...extensions: Uint8Array[]): readonly ExplainedExtension[] =>
  fieldsOf(clientHello({ extensions })).extensions!;

describe('contents of extensions', () => {
  it.each<[string, Uint8Array, unknown]>([
    ['server_name', serverNameExtension('mail.example.org'), { host_name: 'mail.example.org' }],
    ['max_fragment_length', extension(1, [2]), { max_fragment_length: [{ value: 2, name: '2^10', grease: false }] }],
    ['status_request', extension(5, [1, 0, 0, 0, 0]), { status_type: [{ value: 1, name: 'ocsp', grease: false }] }],
    ['heartbeat', extension(15, [1]), { mode: [{ value: 1, name: 'peer_allowed_to_send', grease: false }] }],
    [
      'application_layer_protocol_negotiation',
      alpnExtension(ascii('h2'), ascii('imap')),
      { protocol_names: ['h2', 'imap'] },
    ],
    [
      'client_certificate_type',
      extension(19, [1, 2]),
      { certificate_types: [{ value: 2, name: 'Raw Public Key', grease: false }] },
    ],
    [
      'compress_certificate',
      extension(27, prefixed8(u16(2, 1))),
      {
        algorithms: [
          { value: 2, name: 'brotli', grease: false },
          { value: 1, name: 'zlib', grease: false },
        ],
      },
    ],
    ['record_size_limit', extension(28, u16(16385)), { record_size_limit: 16385 }],
    [
      'delegated_credential',
      extension(34, prefixed16(u16(0x0403))),
      { signature_schemes: [{ value: 0x0403, name: 'ecdsa_secp256r1_sha256', grease: false }] },
    ],
    ['session_ticket', extension(35, [1, 2, 3]), { ticket_length: 3 }],
    [
      'pre_shared_key',
      extension(41, prefixed16(prefixed16([1, 2, 3, 4, 5]), [0, 0, 0, 9]), prefixed16(prefixed8(new Uint8Array(32)))),
      { identity_lengths: [5], binder_lengths: [32] },
    ],
    ['cookie', extension(44, prefixed16([7, 7])), { cookie_length: 2 }],
    ['psk_key_exchange_modes', extension(45, [1, 1]), { ke_modes: [{ value: 1, name: 'psk_dhe_ke', grease: false }] }],
    [
      'key_share',
      extension(51, prefixed16(u16(0x2a2a), prefixed16([0]), u16(29), prefixed16(new Uint8Array(32)))),
      {
        client_shares: [
          { value: 0x2a2a, name: 'GREASE (0x2a2a)', grease: true, length: 1 },
          { value: 29, name: 'x25519', grease: false, length: 32 },
        ],
      },
    ],
    ['application_settings', extension(17613, prefixed16(prefixed8(ascii('h2')))), { supported_protocols: ['h2'] }],
    ['renegotiation_info', extension(65281, [0]), { renegotiated_connection_length: 0 }],
    [
      'encrypted_client_hello',
      extension(65037, [0], u16(1, 1), [5], prefixed16([1]), prefixed16([2, 2])),
      { outer: true },
    ],
    ['padding', extension(21, new Uint8Array(9)), null],
    ['extended_master_secret', extension(23), null],
  ])('%s', (name, bytes, content) => {
    expect(extensionsOf(bytes)).toEqual([
      expect.objectContaining({ name, length: bytes.length - 4, content, problem: null, repeated: false }),
    ]);
  });

  it('no secret is in them', () => {
    const secret = [0xca, 0xfe, 0xba, 0xbe, 0xca, 0xfe];
    const message = clientHello({
      sessionId: secret,
      extensions: [
        extension(35, secret),
        extension(44, prefixed16(secret)),
        extension(51, prefixed16(u16(29), prefixed16(secret))),
        extension(41, prefixed16(prefixed16(secret), [0, 0, 0, 9]), prefixed16(prefixed8(secret))),
      ],
    });
    const told = JSON.stringify(fieldsOf(message)).toLowerCase();
    expect(told).not.toMatch(/cafe|202,254|[4-6][0-9a-f]41424344/);
    expect(told).toContain('"identity_lengths":[6]');
  });
});

describe('malformed and repeated extensions', () => {
  it.each<[string, Uint8Array]>([
    ['read by the hello', extension(43, [9, 3, 4])],
    ['read here', extension(41, [0, 9, 1])],
    ['empty', extension(5)],
  ])('what is wrong is told with its place (%s)', (_, broken) => {
    const message = clientHello({ extensions: [serverNameExtension('a'), broken, groupsExtension(29)] });
    const start = Buffer.from(message).indexOf(Buffer.from(broken)) + 4;
    const [name, found, groups] = fieldsOf(message).extensions!;
    expect(found).toMatchObject({ content: null, problem: { code: 'truncated' } });
    expect(found!.problem!.offset).toBeGreaterThanOrEqual(start);
    expect(found!.problem!.offset).toBeLessThanOrEqual(start + broken.length - 4);
    expect([name!.problem, groups!.problem]).toEqual([null, null]);
  });

  it('the last of several counts', () => {
    const [first, second] = extensionsOf(versionsExtension(0x0303), versionsExtension(0x0304));
    expect(first).toMatchObject({ repeated: true, content: null });
    expect(second).toMatchObject({ repeated: false, content: { versions: [{ value: 0x0304, name: 'TLS 1.3' }] } });
  });

  it('no extensions, and none in the block', () => {
    expect(fieldsOf(clientHello({ extensions: null })).extensions).toBeNull();
    expect(fieldsOf(clientHello({ extensions: [] })).extensions).toEqual([]);
  });

  it('numbers nobody has named', () => {
    const { cipherSuites, extensions } = fieldsOf(
      clientHello({ ciphers: [0x1301, 0xfff0], extensions: [extension(0xfff0), signaturesExtension(0xfff0)] }),
    );
    expect(cipherSuites[1]).toEqual({ value: 0xfff0, name: '0xfff0', grease: false });
    expect(extensions![0]).toMatchObject({ name: '0xfff0', content: null });
    expect(extensions![1]!.content).toEqual({ signature_schemes: [{ value: 0xfff0, name: '0xfff0', grease: false }] });
  });
});

/** `name (0x1302)` of every line of this kind in what tshark prints for people. */
function tsharkLines(text: string, kind: string): string[] {
  return [...text.matchAll(new RegExp(`^ *${kind}: (.*) \\(0x([0-9a-f]+)\\)$`, 'gm'))].map(
    ([, name, value]) => `${name} ${Number.parseInt(value!, 16)}`,
  );
}

const told = (values: unknown): string[] => (values as NamedValue[]).map(({ name, value }) => `${name} ${value}`);

const SAMPLES = [
  'imaps/imaps.pcapng',
  'resumption/resumption.pcapng',
  'hello-retry/hello-retry.pcapng',
  'mail-logins.pcapng',
];

/** In the words of tshark, schemes that only TLS 1.2 has are pairs: `SHA224 ECDSA`. */
const registered = (line: string): string =>
  line.replace(/^SHA(\d+) (ECDSA|DSA|RSA) /, (_, bits, kind) =>
    kind === 'RSA' ? `rsa_pkcs1_sha${bits} ` : `${String(kind).toLowerCase()}_sha${bits} `,
  );

/** What tshark prints for people, by frame. */
function dissected(file: string): Map<number, string> {
  const text = execFileSync('tshark', ['-n', '-V', '-O', 'tls', '-r', file, '-Y', 'tls.handshake.type == 1'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return new Map(text.split(/^(?=Frame \d+:)/m).map((frame) => [Number(/^Frame (\d+):/.exec(frame)![1]), frame]));
}

describe.skipIf(!tsharkIsThere)(`tshark tells the same (${TSHARK_ABSENT})`, () => {
  it.each(SAMPLES)('%s', async (sample) => {
    const file = fileURLToPath(new URL(`../../../samples/${sample}`, import.meta.url));
    const frames = dissected(file);
    let compared = 0;
    for await (const { frame, hello } of readCapture(file)) {
      const theirs = frames.get(frame)!;
      const { cipherSuites, extensions, legacyVersion, sessionIdLength } = explainHello({ hello, recordVersion: null })
        .hello!;
      const content = (name: string) => extensions!.find((each) => each.name === name)?.content ?? {};
      const where = `frame ${frame}`;

      expect(told(cipherSuites), where).toEqual(tsharkLines(theirs, 'Cipher Suite'));
      expect(
        extensions!.map(({ name, length }) => `${name} ${length}`),
        where,
      ).toEqual(
        [...theirs.matchAll(/^ *Extension: (\w+) \(len=(\d+)\)/gm)].map(([, name, length]) => `${name} ${length}`),
      );
      expect(theirs).toContain(`Version: ${legacyVersion.name} (0x0${legacyVersion.value.toString(16)})`);
      expect(theirs).toContain(`Session ID Length: ${sessionIdLength}`);
      expect(told(content('supported_groups').groups), where).toEqual(tsharkLines(theirs, 'Supported Group'));
      expect(told(content('signature_algorithms').signature_schemes), where).toEqual(
        tsharkLines(theirs, 'Signature Algorithm').map(registered),
      );
      expect(told(content('supported_versions').versions ?? []), where).toEqual(
        tsharkLines(theirs, 'Supported Version'),
      );
      const shares = [...theirs.matchAll(/Key Share Entry: Group: (\w+), Key Exchange length: (\d+)/g)];
      expect(
        ((content('key_share').client_shares ?? []) as unknown as SizedValue[]).map(({ name, length }) => [
          name,
          `${length}`,
        ]),
        where,
      ).toEqual(shares.map(([, group, length]) => [group, length]));
      const host = /^ *Server Name: (.*)$/m.exec(theirs)?.[1];
      expect(content('server_name').host_name, where).toBe(host);
      const identities = [...theirs.matchAll(/PSK Identity \(length: (\d+)\)/g)].map(([, length]) => Number(length));
      if (identities.length > 0) expect(content('pre_shared_key').identity_lengths, where).toEqual(identities);
      compared++;
    }
    expect(compared).toBe(frames.size);
  });
});

const opensslIsThere = spawnSync('openssl', ['version']).status === 0;

describe.skipIf(!opensslIsThere)(
  'openssl names cipher suites the same (skipped where openssl is not installed)',
  () => {
    it('all it has', () => {
      const lines = execFileSync('openssl', ['ciphers', '-V', '-stdname', 'ALL:COMPLEMENTOFALL'], { encoding: 'utf8' });
      const theirs = [...lines.matchAll(/0x([0-9A-F]{2}),0x([0-9A-F]{2}) - (\S+)/g)].map(([, high, low, name]) => ({
        value: Number.parseInt(`${high}${low}`, 16),
        name,
        grease: false,
      }));
      expect(theirs.length).toBeGreaterThan(50);
      expect(fieldsOf(clientHello({ ciphers: theirs.map(({ value }) => value) })).cipherSuites).toEqual(theirs);
    });
  },
);
