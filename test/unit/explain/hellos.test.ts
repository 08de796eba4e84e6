import { describe, expect, it } from 'vitest';
import { findHellos, MAX_HELLOS } from '../../../src/explain/index.js';
import { MAX_HELLO_BYTES } from '../../../src/tls/index.js';
import { APPLICATION_DATA, ascii, clientHello, concat, record, records, serverHello } from '../../build/hello.js';
import { refusal } from '../../harness/refusal.js';

const hello = clientHello({ ciphers: [0x1301, 0x1302] });
const ciphers = (bytes: Uint8Array) => findHellos(bytes).hellos.map((found) => found.hello.cipherSuites);

describe('hellos in bytes', () => {
  it('in a record, whose version is told', () => {
    expect(findHellos(record(hello))).toMatchObject({ hellos: [{ recordVersion: 0x0301 }], bytesLeft: 0 });
  });

  it('without a record', () => {
    expect(findHellos(hello)).toMatchObject({ hellos: [{ recordVersion: null }], bytesLeft: 0 });
  });

  it('over several records', () => {
    expect(ciphers(records(hello, [3, 20]))).toEqual([[0x1301, 0x1302]]);
  });

  it('several, as after a HelloRetryRequest', () => {
    const second = clientHello({ ciphers: [0x1303] });
    expect(ciphers(concat(record(hello), record(second)))).toEqual([[0x1301, 0x1302], [0x1303]]);
    expect(ciphers(concat(hello, second))).toEqual([[0x1301, 0x1302], [0x1303]]);
  });

  it('with something else behind, which is counted', () => {
    const rest = record([1, 2, 3], APPLICATION_DATA);
    expect(findHellos(concat(record(hello), rest)).bytesLeft).toBe(rest.length);
    expect(findHellos(concat(hello, [9, 9])).bytesLeft).toBe(2);
    expect(findHellos(concat(hello, hello.subarray(0, 20))).bytesLeft).toBe(20);
  });

  it(`no more than ${MAX_HELLOS}`, () => {
    const many = concat(...Array.from({ length: MAX_HELLOS + 3 }, () => record(hello)));
    expect(findHellos(many)).toMatchObject({ hellos: { length: MAX_HELLOS }, bytesLeft: 3 * record(hello).length });
    const bare = concat(...Array.from({ length: MAX_HELLOS + 1 }, () => hello));
    expect(findHellos(bare)).toMatchObject({ hellos: { length: MAX_HELLOS }, bytesLeft: hello.length });
  });
});

describe('what is no hello is refused with its reason', () => {
  it.each([
    ['nothing', new Uint8Array(), 'hello_incomplete'],
    ['text', ascii('GET / HTTP/1.1\r\n'), 'not_tls'],
    ['a ServerHello', record(serverHello()), 'no_hello'],
    ['a ServerHello without its record', serverHello(), 'not_client_hello'],
    ['data', record([1, 2, 3], APPLICATION_DATA), 'no_hello'],
    ['an SSLv2 hello', concat([0x80, 0x1c, 1, 0, 2, 0, 3, 0, 0, 0, 16, 1, 0, 128], new Uint8Array(16)), 'sslv2_hello'],
    ['a large record', Uint8Array.of(22, 3, 1, 0xff, 0xff, 1), 'record_too_large'],
  ])('%s', (_, bytes, code) => {
    expect(refusal(() => findHellos(bytes)).code).toBe(code);
  });

  it('a hello cut anywhere', () => {
    for (const whole of [record(hello), hello]) {
      for (let end = 1; end < whole.length; end++) {
        expect(
          refusal(() => findHellos(whole.subarray(0, end))),
          `${end} bytes`,
        ).toEqual({
          code: 'hello_incomplete',
          field: 'handshake',
          offset: end,
        });
      }
    }
  });

  it('a hello that announces more than the limit', () => {
    const size = MAX_HELLO_BYTES - 3;
    const bytes = concat([1, size >>> 16, (size >>> 8) & 0xff, size & 0xff], new Uint8Array(size));
    expect(refusal(() => findHellos(bytes))).toEqual({ code: 'hello_too_large', field: 'handshake_length', offset: 1 });
  });

  it('a hello whose lengths lie', () => {
    const broken = hello.slice();
    broken[4 + 2 + 32 + 1] = 0xff;
    expect(refusal(() => findHellos(broken))).toMatchObject({ code: 'truncated', field: 'cipher_suites' });
    expect(refusal(() => findHellos(record(broken)))).toMatchObject({ code: 'truncated', field: 'cipher_suites' });
  });
});
