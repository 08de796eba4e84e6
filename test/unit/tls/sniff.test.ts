import { describe, expect, it } from 'vitest';
import { looksLikeHello, looksLikeSslv2Hello } from '../../../src/tls/index.js';
import { ascii, clientHello, concat, handshake, prefixed16, record, records } from '../../build/hello.js';

const HELLO = clientHello({ extensions: null });
const SSLV2 = concat([0x80, 9 + 6 + 16, 1, 3, 1], [0, 6, 0, 0, 0, 16], new Uint8Array(22));

describe('looksLikeHello', () => {
  it('says yes to records with the start of a ClientHello, at any place in a buffer', () => {
    expect(looksLikeHello(record(HELLO))).toBe('yes');
    const embedded = concat([22, 3], record(HELLO), [22]);
    expect(looksLikeHello(embedded, 2, embedded.length - 1)).toBe('yes');
    expect(looksLikeHello(embedded, 2, 2 + 9)).toBe('yes');
    for (const at of [1, 2, 3, 4, 20]) expect(looksLikeHello(records(HELLO, [at]))).toBe('yes');
  });

  it('says more to every shorter start, and never looks past the end', () => {
    for (let length = 0; length < 9; length++) expect(looksLikeHello(record(HELLO), 0, length)).toBe('more');
  });

  it.each([
    ['text', ascii('a1 OK ready\r\n')],
    ['an alert', record([1, 0], 21)],
    ['another version', concat([22, 2, 0], prefixed16(HELLO))],
    ['an empty record', record([])],
    ['a record that is too large', Uint8Array.of(22, 3, 1, 0x41, 1)],
    ['a ServerHello', record(handshake(2, new Uint8Array(40)))],
    ['a hello too short to be one', record(handshake(1, new Uint8Array(37)))],
    ['a hello above the limit', record([1, 1, 0, 0])],
  ])('says no to %s', (_, bytes) => {
    expect(looksLikeHello(bytes)).toBe('no');
  });
});

describe('looksLikeSslv2Hello', () => {
  it('says yes from the eleventh byte on, more before', () => {
    for (let length = 0; length < 11; length++) expect(looksLikeSslv2Hello(SSLV2, 0, length)).toBe('more');
    expect(looksLikeSslv2Hello(SSLV2, 0, 11)).toBe('yes');
    const embedded = concat([1, 2], SSLV2);
    expect(looksLikeSslv2Hello(embedded, 2)).toBe('yes');
  });

  it.each([
    ['a TLS record', record(HELLO)],
    ['no high bit', concat([0], SSLV2.subarray(1))],
    ['another message', concat(SSLV2.subarray(0, 2), [4], SSLV2.subarray(3))],
    ['another major version', concat(SSLV2.subarray(0, 3), [2], SSLV2.subarray(4))],
    ['version 0.3', concat(SSLV2.subarray(0, 3), [0, 3], SSLV2.subarray(5))],
    ['no ciphers', concat([0x80, 25], SSLV2.subarray(2, 5), [0, 0, 0, 0, 0, 16])],
    ['ciphers of four bytes', concat([0x80, 29], SSLV2.subarray(2, 5), [0, 4, 0, 0, 0, 16])],
    ['a session id of four bytes', concat([0x80, 35], SSLV2.subarray(2, 5), [0, 6, 0, 4, 0, 16])],
    ['a challenge of 15 bytes', concat([0x80, 30], SSLV2.subarray(2, 5), [0, 6, 0, 0, 0, 15])],
    ['a challenge of 33 bytes', concat([0x80, 48], SSLV2.subarray(2, 5), [0, 6, 0, 0, 0, 33])],
    ['lengths that do not add up', concat([0x80, 32], SSLV2.subarray(2))],
  ])('says no to %s', (_, bytes) => {
    expect(looksLikeSslv2Hello(bytes)).toBe('no');
  });
});
