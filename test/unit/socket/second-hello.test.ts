import { describe, expect, it } from 'vitest';
import { type AfterHello, SecondHello } from '../../../src/socket/index.js';
import {
  ALERT,
  APPLICATION_DATA,
  CHANGE_CIPHER_SPEC,
  clientHello,
  concat,
  handshake,
  record,
  records,
  serverNameExtension,
  versionsExtension,
} from '../../build/hello.js';
import { everyDelivery, throughReusedBuffer } from '../../harness/every-cut.js';

const first = clientHello({ extensions: [serverNameExtension('imap.test'), versionsExtension(0x0304)] });
const second = clientHello({ ciphers: [0x1302], extensions: [versionsExtension(0x0304)] });
const ccs = record([1], CHANGE_CIPHER_SPEC);
const data = record([0x5a, 0x5a], APPLICATION_DATA);
// RFC 5246 section 7.4.7.
const clientKeyExchange = record(handshake(16, [0]));
const fatal = (description: number) => record([2, description], ALERT);

function decided(bytes: Uint8Array): string[] {
  const results = new Set<string>();
  for (const delivery of everyDelivery(bytes)) {
    const watch = new SecondHello();
    let after: AfterHello = { state: 'need_more' };
    throughReusedBuffer(delivery, (chunk) => {
      if (after.state === 'need_more') after = watch.push(chunk);
    });
    results.add(described(after));
  }
  return [...results];
}

function described(after: AfterHello): string {
  if (after.state === 'retry') return `retry ${after.fingerprint.hello.cipherSuites.join()}`;
  return after.state === 'gave_up' ? `gave_up ${after.error.code}` : after.state;
}

describe('SecondHello', () => {
  it.each([
    ['the hello alone', record(first), 'need_more'],
    ['TLS 1.3: change_cipher_spec, then encrypted', concat(record(first), ccs, data), 'goes_on'],
    ['early data', concat(record(first), data), 'goes_on'],
    ['TLS 1.2: a key exchange', concat(record(first), clientKeyExchange), 'goes_on'],
    ['a second hello', concat(record(first), record(second)), 'retry 4866'],
    ['behind change_cipher_spec (RFC 8446 appendix D.4)', concat(record(first), ccs, record(second)), 'retry 4866'],
    ['both over several records', concat(records(first, [7]), records(second, [1, 30])), 'retry 4866'],
    ['the first one again is none', concat(record(first), record(first)), 'need_more'],
    ['a fatal alert', concat(record(first), fatal(48)), 'gave_up fatal_alert'],
    ['no TLS any more', concat(record(first), [0x61, 0x31]), 'gave_up bad_record_type'],
  ])('sees, wherever it was cut: %s', (_, bytes, expected) => {
    expect(decided(bytes)).toEqual([expected]);
  });
});
