import { describe, expect, it } from 'vitest';
import { type HelloSide, HelloStream, type HelloStreamOptions } from '../../../src/tls/index.js';
import {
  ALERT,
  APPLICATION_DATA,
  ascii,
  CHANGE_CIPHER_SPEC,
  clientHello,
  concat,
  extension,
  handshake,
  prefixed16,
  record,
  records,
  serverHello,
  serverNameExtension,
} from '../../build/hello.js';
import { byteByByte, everyDelivery } from '../../harness/every-cut.js';
import { runHelloStream, type StreamRun } from '../../harness/hello-stream.js';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const FIRST = clientHello({ extensions: [serverNameExtension('imap.example')] });
const SECOND = clientHello({ ciphers: [0x1302, 0x1301], extensions: null });
const CCS = record([1], CHANGE_CIPHER_SPEC);
const SERVER = serverHello({ extensions: [extension(43, [3, 4])] });

/** Runs every delivery; all must agree with the first. */
function everyRun<S extends HelloSide = 'client'>(bytes: Uint8Array, options?: HelloStreamOptions<S>): StreamRun {
  const whole = runHelloStream({ name: 'whole', chunks: [bytes] }, options);
  for (const delivery of everyDelivery(bytes)) {
    expect(runHelloStream(delivery, options), delivery.name).toEqual(whole);
  }
  return whole;
}

const found = (...ends: [Uint8Array, number][]): StreamRun => ({
  hellos: ends.map(([hello, end]) => ({ raw: hex(hello), end })),
  rejected: null,
});

describe('HelloStream finds', () => {
  it('a hello in one record', () => {
    expect(everyRun(record(FIRST))).toEqual(found([FIRST, 5 + FIRST.length]));
  });

  it('nothing yet in any proper prefix', () => {
    const bytes = records(FIRST, [1, 3, 40]);
    for (let length = 0; length < bytes.length; length++) {
      expect(new HelloStream().push(bytes.subarray(0, length)), `${length} bytes`).toEqual({ state: 'need_more' });
    }
  });

  it('a hello split over two records, at every place', () => {
    for (let at = 1; at < FIRST.length; at++) {
      expect(everyRun(records(FIRST, [at]))).toEqual(found([FIRST, 10 + FIRST.length]));
    }
  });

  it('a hello of one byte a record', () => {
    const ends = Array.from({ length: FIRST.length - 1 }, (_, i) => i + 1);
    expect(everyRun(records(FIRST, ends))).toEqual(found([FIRST, 6 * FIRST.length]));
  });

  it('a hello between empty records', () => {
    const empty = record([]);
    const bytes = concat(empty, record(FIRST.subarray(0, 2)), empty, empty, record(FIRST.subarray(2)));
    expect(everyRun(bytes)).toEqual(found([FIRST, bytes.length]));
  });

  it('a hello after warning alerts, several in a record and one over two', () => {
    const bytes = concat(record([1, 112, 1, 0], ALERT), record([1], ALERT), record([90], ALERT), record(FIRST));
    expect(everyRun(bytes)).toEqual(found([FIRST, bytes.length]));
  });

  it('two hellos with a change_cipher_spec between them (RFC 8446 appendix D.4)', () => {
    const bytes = concat(record(FIRST), CCS, record(SECOND));
    expect(everyRun(bytes)).toEqual(found([FIRST, 5 + FIRST.length], [SECOND, bytes.length]));
  });

  it('two hellos in one record, and what follows them is no hello', () => {
    const bytes = record(concat(FIRST, SECOND, handshake(16, [0])));
    expect(everyRun(bytes)).toEqual({
      ...found([FIRST, 5 + FIRST.length], [SECOND, 5 + FIRST.length + SECOND.length]),
      rejected: { code: 'no_hello', field: 'msg_type', offset: 5 + FIRST.length + SECOND.length },
    });
  });

  it('a hello followed by other messages in its record: consumed ends with the hello', () => {
    const stream = new HelloStream();
    const bytes = record(concat(FIRST, handshake(11, [0, 0, 0])));
    const outcome = stream.push(bytes);
    expect(outcome).toMatchObject({ state: 'done', consumed: 5 + FIRST.length });
    expect(stream.push(bytes.subarray(5 + FIRST.length))).toMatchObject({
      state: 'rejected',
      error: { code: 'no_hello' },
    });
  });

  it('a hello whatever the minor version of the record', () => {
    for (const minor of [0, 1, 3, 4, 99]) {
      const bytes = record(FIRST);
      bytes[2] = minor;
      expect(everyRun(bytes)).toEqual(found([FIRST, bytes.length]));
    }
  });

  it('a large hello in full records', () => {
    const large = clientHello({ extensions: [extension(21, new Uint8Array(40_000))] });
    const bytes = records(large, [16384, 32768]);
    const chunks = [bytes.subarray(0, 1460), bytes.subarray(1460, 20_000), bytes.subarray(20_000)];
    for (const delivery of [{ name: 'whole', chunks: [bytes] }, byteByByte(bytes), { name: 'segments', chunks }]) {
      expect(runHelloStream(delivery)).toEqual(found([large, bytes.length]));
    }
  });

  it('a ServerHello, after warning alerts and HelloRequests', () => {
    const server = { side: 'server' } as const;
    expect(everyRun(record(SERVER), server)).toEqual(found([SERVER, 5 + SERVER.length]));
    const bytes = concat(record([1, 112], ALERT), record(concat(handshake(0), handshake(0), SERVER, handshake(11))));
    expect(everyRun(bytes, server)).toEqual({
      ...found([SERVER, 7 + 5 + 8 + SERVER.length]),
      rejected: { code: 'no_hello', field: 'msg_type', offset: 7 + 5 + 8 + SERVER.length },
    });
    expect(everyRun(records(concat(handshake(0), SERVER), [2, 7]), server).hellos).toHaveLength(1);
  });
});

describe('HelloStream refuses', () => {
  const at = (code: string, field: string, offset: number) => ({ code, field, offset });
  const TOO_LARGE = 2 ** 14 + 256 + 1;

  it.each([
    ['text', ascii('GET / HTTP/1.1\r\n'), at('not_tls', 'type', 0)],
    ['a record type of 24', concat([24, 3, 1], prefixed16([1])), at('not_tls', 'type', 0)],
    ['a version of 2.x', concat([22, 2, 1], prefixed16(FIRST)), at('not_tls', 'type', 0)],
    ['a high bit that begins no SSLv2 hello', Uint8Array.of(0x80, 0x2e, 2, 0, 2), at('not_tls', 'type', 0)],
    ['application data', record([1, 2, 3], APPLICATION_DATA), at('no_hello', 'type', 0)],
    ['another handshake message', record(handshake(16, [0, 0])), at('no_hello', 'msg_type', 5)],
    ['a ServerHello', record(SERVER), at('no_hello', 'msg_type', 5)],
    ['a fatal alert', record([2, 40], ALERT), at('fatal_alert', 'description', 6)],
    ['an encrypted alert', record([0x9a, 1, 2, 3], ALERT), at('no_hello', 'level', 5)],
    [
      'a record that is too large',
      concat([22, 3, 1, TOO_LARGE >>> 8, TOO_LARGE & 0xff], FIRST),
      at('record_too_large', 'length', 3),
    ],
    ['a long change_cipher_spec', record([1, 1], CHANGE_CIPHER_SPEC), at('bad_change_cipher_spec', 'length', 3)],
    [
      'an alert inside a hello',
      concat(record(FIRST.subarray(0, 9)), record([1, 0], ALERT)),
      at('interleaved_record', 'type', 14),
    ],
    ['a hello inside an alert', concat(record([1], ALERT), record(FIRST)), at('interleaved_record', 'type', 6)],
    ['a broken second record', concat(record(FIRST.subarray(0, 9)), [0x47, 0x45]), at('bad_record_type', 'type', 14)],
    [
      'a second record of another version',
      concat(record(FIRST.subarray(0, 9)), [22, 9, 9]),
      at('bad_record_version', 'legacy_record_version', 15),
    ],
    [
      'a hello with bytes after its end',
      record(handshake(1, SECOND.subarray(4), [0, 0, 0])),
      at('trailing_bytes', 'client_hello', SECOND.length + 2),
    ],
    ['a hello shorter than its fields', record(handshake(1, [3, 3])), at('truncated', 'random', 6)],
  ])('%s', (_, bytes, rejected) => {
    expect(everyRun(bytes)).toEqual({ hellos: [], rejected });
  });

  it.each([
    ['2.0', 0, 2],
    ['3.1', 3, 1],
  ])('an SSLv2-format hello of version %s, as such', (_, major, minor) => {
    // RFC 5246 appendix E.2: msg_type, version, three lengths, cipher specs, challenge.
    const body = concat([1, major, minor], [0, 6, 0, 0, 0, 16], [1, 0, 0x80, 0, 0, 4], new Uint8Array(16));
    const bytes = concat([0x80 | (body.length >>> 8), body.length & 0xff], body);
    expect(everyRun(bytes)).toEqual({ hellos: [], rejected: at('sslv2_hello', 'msg_type', 0) });
  });

  it('a ClientHello from a server, and a HelloRequest with content', () => {
    expect(everyRun(record(FIRST), { side: 'server' }).rejected).toEqual(at('no_hello', 'msg_type', 5));
    expect(everyRun(record(handshake(0, [1])), { side: 'server' }).rejected).toEqual(
      at('no_hello', 'handshake_length', 6),
    );
    expect(everyRun(record(handshake(2)), { side: 'server' }).rejected).toEqual(at('truncated', 'legacy_version', 4));
    expect(everyRun(record(handshake(0))).rejected).toEqual(at('no_hello', 'msg_type', 5));
    const sslv2 = Uint8Array.of(0x80, 0x1f, 1, 3, 1, 0, 6, 0, 0, 0, 16);
    expect(everyRun(sslv2, { side: 'server' }).rejected).toEqual(at('not_tls', 'type', 0));
  });

  it('a hello above the limit as soon as its length is there', () => {
    const announce = (length: number) => record([1, length >>> 16, (length >>> 8) & 0xff, length & 0xff]);
    expect(new HelloStream().push(announce(65536 - 4)).state).toBe('need_more');
    expect(everyRun(announce(65536 - 3)).rejected).toEqual(at('hello_too_large', 'handshake_length', 6));
    expect(everyRun(announce(0xffffff)).rejected).toEqual(at('hello_too_large', 'handshake_length', 6));
    expect(everyRun(record(SECOND), { maxHelloBytes: SECOND.length }).hellos).toHaveLength(1);
    expect(everyRun(record(SECOND), { maxHelloBytes: SECOND.length - 1 }).rejected?.code).toBe('hello_too_large');
  });

  it('too many records before a hello, and counts anew after one', () => {
    const five = records(SECOND, [4, 8, 12, 16]);
    expect(everyRun(five, { maxRecords: 5 }).hellos).toHaveLength(1);
    expect(everyRun(five, { maxRecords: 4 }).rejected).toEqual(at('too_many_records', 'type', 4 * 5 + 16));
    expect(everyRun(concat(five, CCS, record(SECOND)), { maxRecords: 5 }).hellos).toHaveLength(2);
    expect(everyRun(concat(CCS, CCS, CCS), { maxRecords: 2 }).rejected?.code).toBe('too_many_records');
  });

  it('too many empty records, of whatever type', () => {
    const empty = (count: number, type: number) => concat(...Array.from({ length: count }, () => record([], type)));
    expect(everyRun(concat(empty(32, 22), record(FIRST))).hellos).toHaveLength(1);
    expect(everyRun(concat(empty(33, 22), record(FIRST))).rejected).toEqual(
      at('too_many_empty_records', 'length', 32 * 5 + 3),
    );
    expect(everyRun(empty(33, CHANGE_CIPHER_SPEC)).rejected?.code).toBe('too_many_empty_records');
  });

  it('for good', () => {
    const stream = new HelloStream();
    const first = stream.push(ascii('EHLO'));
    expect(first).toMatchObject({ state: 'rejected', error: { code: 'not_tls' } });
    expect(stream.push(record(FIRST))).toBe(first);
  });
});
