import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SensorError } from '../../../../src/errors.js';
import { fingerprint } from '../../../../src/fingerprint/index.js';
import { cleanLogin, LineReader } from '../../../../src/login/index.js';
import { loginFields } from '../../../../src/login/write/fields.js';
import type { HelloFingerprint, OpenSslGeneration, ProxiedLogin, SeenLogin } from '../../../../src/model/index.js';
import { memoryStore } from '../../../../src/store/index.js';
import { parseClientHello } from '../../../../src/tls/index.js';
import {
  clientHello,
  extension,
  groupsExtension,
  pointFormatsExtension,
  versionsExtension,
} from '../../../build/hello.js';
import { everyDelivery } from '../../../harness/every-cut.js';
import { loginOf, loginsOf, options, readLog, sampleLog } from '../../../harness/logins.js';
import { helloOfMutt, proxiedLogin, seenLogin } from '../../../harness/proxied-login.js';

const lineOf = (login: ProxiedLogin, openssl: OpenSslGeneration = '3.5'): string =>
  JSON.stringify({ level: 'info', ...loginFields(login, openssl), msg: 'login' });

/** Every view of a hello with these extensions, as the proxy has it. */
function helloWith(...types: number[]): HelloFingerprint {
  const hello = parseClientHello(
    clientHello({
      ciphers: [0x1a1a, 0x1301, 0xc02f],
      extensions: [
        groupsExtension(29, 23),
        pointFormatsExtension(0),
        versionsExtension(0x0304),
        ...types.map((type) => extension(type)),
      ],
    }),
  );
  const of = (openssl: OpenSslGeneration) => fingerprint(hello, { transport: 'tcp', openssl });
  const { ja3, ja3n, ja4 } = of('3.0');
  return { ja3, ja3n, ja4, sslJa3: { '3.0': of('3.0').sslJa3, '3.5': of('3.5').sslJa3 } };
}

const ends = fc.record({
  ip: fc.oneof(fc.ipV4(), fc.constantFrom('2001:db8::7', '::ffff:192.0.2.7', 'fe80::1%eth0')),
  port: fc.integer({ min: 0, max: 65_535 }),
});
const text = fc.string({ unit: 'binary', maxLength: 400 });
const orNull = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: null });

const anyLogin: fc.Arbitrary<SeenLogin> = fc
  .record({
    time: fc.record({
      seconds: fc.integer({ min: 0, max: 4_000_000_000 }),
      nanoseconds: fc.oneof(
        fc.integer({ min: 0, max: 999 }).map((ms) => ms * 1_000_000),
        fc.integer({ min: 0, max: 999_999_999 }),
      ),
      digits: fc.constant(9),
    }),
    session: fc.base64String({ minLength: 4, maxLength: 32 }),
    user: orNull(text),
    remote: ends,
    local: ends,
    mechanism: orNull(text),
    outcome: fc.constantFrom('succeeded', 'failed', 'refused', 'none'),
    reason: orNull(text),
    reasonCode: fc.constantFrom(null, 'auth_failed', 'proxy_dest_connect_failed'),
    tls: fc.boolean(),
    starttls: fc.boolean(),
    sni: orNull(text),
    alpn: orNull(fc.array(text, { maxLength: 20 })),
    clientId: orNull(fc.array(fc.tuple(text, orNull(text)), { maxLength: 40 })),
    backend: orNull(text),
    attempt: fc.nat(9),
    duration: fc.nat(400_000),
    fingerprint: fc.constantFrom(helloWith(), helloWith(27, 28, 35), helloWith(19, 20, 0x0a0a, 5), helloOfMutt),
  })
  .map((change) => seenLogin(change as Partial<SeenLogin>));

describe('a line of the proxy, read back', () => {
  it('is the login that was written, for any login and either OpenSSL', () => {
    fc.assert(
      fc.property(anyLogin, fc.constantFrom('3.0' as const, '3.5' as const), (login, openssl) => {
        const read = loginOf(lineOf(login, openssl)) as SeenLogin;
        const { sslJa3: _1, ja3: _2, ja4: _3, time, ...rest } = cleanLogin(login);
        expect(read).toMatchObject(rest);
        expect([read.time.seconds, read.time.nanoseconds]).toEqual([time.seconds, time.nanoseconds]);
        expect(read.sslJa3).toEqual(read.fingerprint?.sslJa3[openssl]);
      }),
    );
  });

  it('is the row that was recorded: it is never stored twice, and its hello is known whole', () => {
    fc.assert(
      fc.property(anyLogin, fc.constantFrom('3.0' as const, '3.5' as const), (login, openssl) => {
        const store = memoryStore();
        expect(store.logins.record([cleanLogin(login) as SeenLogin])).toEqual({ added: 1, known: 0 });
        const before = store.counts();
        expect(store.logins.record(loginsOf([Buffer.from(lineOf(login, openssl))]))).toEqual({ added: 0, known: 1 });
        expect(store.counts()).toEqual(before);
        store.close();
      }),
    );
  });

  it('tells another login by any part of what makes one', () => {
    const store = memoryStore();
    store.logins.record([seenLogin()]);
    for (const change of [
      { user: 'bob' },
      { session: 'another' },
      { outcome: 'failed' as const },
      { time: { ...seenLogin().time, nanoseconds: 124_000_000 } },
    ]) {
      expect(store.logins.record(loginsOf([Buffer.from(lineOf(seenLogin(change)))]))).toEqual({ added: 1, known: 0 });
    }
    store.close();
  });

  it.each(['3.0', '3.5'] as const)(
    'gives a hello back that both OpenSSL see differently, from the words of %s',
    (openssl) => {
      const hello = helloWith(27, 28);
      expect(hello.sslJa3['3.0'].hash).not.toBe(hello.sslJa3['3.5'].hash);
      expect(loginOf(lineOf(proxiedLogin({ fingerprint: hello }), openssl))).toMatchObject({ fingerprint: hello });
    },
  );

  it('gives of a hello without JA4 the rest', () => {
    const hello = { ...helloOfMutt, ja4: null };
    expect(loginOf(lineOf(proxiedLogin({ fingerprint: hello, ja4: null })))).toMatchObject({ fingerprint: hello });
  });

  it('knows of a hello with an absurdly long string the hashes', () => {
    const long = { ...helloOfMutt, ja3: { string: `771,${'4865-'.repeat(2_000)}1,0,,`, hash: 'a'.repeat(32) } };
    const read = loginOf(lineOf(proxiedLogin({ fingerprint: long }))) as SeenLogin;
    expect(read.fingerprint).toBeNull();
    expect(read).toMatchObject({ ja3: { string: null, hash: 'a'.repeat(32) }, sslJa3: helloOfMutt.sslJa3['3.5'] });
  });

  it('shares its fingerprint with the lines of the same hello', () => {
    const reader = new LineReader(options());
    const [one, two] = [reader.read(lineOf(proxiedLogin())), reader.read(lineOf(proxiedLogin({ session: 'two' })))];
    expect((one as SeenLogin).fingerprint).toBe((two as SeenLogin).fingerprint);
  });
});

describe('a mixed log', () => {
  it('is read whatever pieces it comes in', () => {
    const own = [
      lineOf(seenLogin()),
      `proxy-1  | ${lineOf(seenLogin({ session: 'two' }))}`,
      lineOf(proxiedLogin({ outcome: 'unseen' })),
      '{"level":"warn","time":"2026-11-22T04:28:45.123Z","msg":"the database is written again"}',
    ];
    const dovecots = sampleLog('dovecot-2.4').toString('utf8').split('\n').slice(0, 3);
    const log = Buffer.from([own[0], ...dovecots, ...own.slice(1)].join('\n'));
    const wanted = loginsOf([log]);
    expect(wanted.filter((login) => 'listener' in login).map(({ session }) => session)).toEqual([
      'KfNMtNhgEurGM2QV',
      'two',
    ]);
    expect(wanted.length).toBeGreaterThan(2);
    for (const { name, chunks } of everyDelivery(log)) expect(loginsOf(chunks), name).toEqual(wanted);
  });

  it('counts what was passed through, and takes none of it for a login', () => {
    const reader = new LineReader(options());
    expect(reader.read(lineOf(proxiedLogin({ outcome: 'unseen' })))).toBeNull();
    expect(reader.passedThrough).toBe(1);
  });

  it.each([
    [
      'a name in a line of Dovecot',
      '2026-11-22T07:00:00.0Z imap-login: Info: Login: user=<{"msg":"login","listener":"x"}>, method=PLAIN, rip=192.0.2.7, lip=192.0.2.1',
    ],
    ['a line of another program', '{"level":"info","msg":"login","user":"eve"}'],
    ['a line that quotes one of ours', `Nov 22 07:00:00 host other[1]: ${lineOf(seenLogin())}`],
    ['a text', `"${'"msg":"login"'}`],
  ])('takes %s for none of ours', (_, line) => {
    const read = new LineReader(options()).read(line);
    expect(read === null || (!(read instanceof SensorError) && !('listener' in read))).toBe(true);
  });

  it('lets a name that imitates lines of either kind be a name', () => {
    const name = '","msg":"login"} imap-login: Login: user=<x>';
    expect(loginOf(lineOf(seenLogin({ user: name })))).toMatchObject({ user: name, session: 'KfNMtNhgEurGM2QV' });
  });
});

describe('a line that we did not write', () => {
  const entry = (): Record<string, unknown> => JSON.parse(lineOf(seenLogin())) as Record<string, unknown>;

  it.each<[field: string, value: unknown]>([
    ['time', '2026-02-30T00:00:00.000Z'],
    ['time', '2026-11-22 04:28:45.123Z'],
    ['time', 5],
    ['session', null],
    ['listener', 7],
    ['protocol', 'imap\n'],
    ['mode', 'both'],
    ['outcome', 'perhaps'],
    ['user', { toString: 'x' }],
    ['attempt', -1],
    ['reason_code', 'A B'],
    ['src_ip', '192.0.2.7;'],
    ['src_ip', null],
    ['src_port', 65_536],
    ['dst_port', '993'],
    ['tls', 1],
    ['tls_version', 'TLS 1.3'],
    ['alpn', 'imap'],
    ['alpn', [1]],
    ['openssl', '4.0'],
    ['ssl_ja3_hash', 'ABC'],
    ['ssl_ja3', '771,1,2,3,4'],
    ['ssl_ja3_hash', null],
    ['ja3_hash', '0'.repeat(32)],
    ['ja4', 't13'],
    ['ja4_r', 'a\u0000'],
    ['client_id', { name: 'x' }],
    ['client_id', [['name']]],
    ['duration_ms', 1.5],
  ])('is refused for its %s %j, which the error names', (field, value) => {
    const [found] = readLog([Buffer.from(JSON.stringify({ ...entry(), [field]: value }))]);
    expect(found).toBeInstanceOf(SensorError);
    expect(found).toMatchObject({ code: 'log_login', offset: 0 });
    expect((found as SensorError).field.replace(/_hash$/, '')).toBe(field.replace(/_hash$/, ''));
  });

  it('is refused where the two OpenSSL contradict each other', () => {
    const other = { ssl_ja3_30: '771,1,2,,', ssl_ja3_30_hash: '08566cb88d25c911eea8d7fb86940c86' };
    const [found] = readLog([Buffer.from(JSON.stringify({ ...entry(), ...other }))]);
    expect(found).toMatchObject({ code: 'log_login', field: 'ssl_ja3_30' });
  });

  it('is refused where it was torn, and costs no other', () => {
    const line = lineOf(seenLogin());
    const torn = line.slice(0, line.length - 1);
    expect(readLog([Buffer.from(`${torn}\n${line}\n`)])).toMatchObject([
      { code: 'log_json' },
      { user: 'alice@example.org' },
    ]);
  });

  it('brings no control characters or long texts in', () => {
    const hostile = { ...entry(), user: `\u001b${'x'.repeat(9_000)}`, sni: 'y'.repeat(9_000), extra: 'ignored' };
    const [found] = loginsOf([Buffer.from(JSON.stringify(hostile))]) as SeenLogin[];
    expect(found?.user).toMatch(/^\?x{76}\.\.\.$/);
    expect(found?.sni).toHaveLength(256);
    expect(found).not.toHaveProperty('extra');
  });
});
