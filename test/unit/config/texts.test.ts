import { describe, expect, it } from 'vitest';
import { nearMiss } from '../../../src/config/near-miss.js';
import { alternatives, quoted, shown } from '../../../src/config/shown.js';
import {
  canonicalHost,
  isHostName,
  isLoopback,
  isNetwork,
  isUnspecified,
  parseDuration,
  parseHostPort,
  parseSize,
} from '../../../src/config/texts.js';

describe('texts of a configuration', () => {
  it.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['0s', 0],
    ['30', null],
    ['30 s', null],
    ['-1s', null],
    ['1.5s', null],
    ['1h30m', null],
    ['1000000000s', null],
    ['', null],
  ])('time %s', (text, milliseconds) => expect(parseDuration(text)).toBe(milliseconds));

  it.each([
    ['8192', 8192],
    ['64KiB', 65_536],
    ['1MiB', 1_048_576],
    ['10kB', 10_000],
    ['2MB', 2_000_000],
    ['7B', 7],
    ['64K', null],
    ['64kib', null],
    ['-1', null],
    ['', null],
  ])('size %s', (text, bytes) => expect(parseSize(text)).toBe(bytes));

  it.each([
    ['192.0.2.7:993', { host: '192.0.2.7', port: 993 }],
    ['[2001:db8::7]:993', { host: '2001:db8::7', port: 993 }],
    ['[::]:0', { host: '::', port: 0 }],
    ['Imap.Example.org:143', { host: 'imap.example.org', port: 143 }],
    ['dovecot_1:143', { host: 'dovecot_1', port: 143 }],
    ['2001:db8::7:993', null],
    ['[192.0.2.7]:993', null],
    ['[fe80::1%eth0]:993', null],
    ['192.0.2.256:993', null],
    ['1.2.3:993', null],
    ['999:993', null],
    ['192.0.2.7', null],
    ['192.0.2.7:65536', null],
    ['192.0.2.7:', null],
    [':993', null],
    ['user@host:993', null],
    ['a..b:993', null],
    ['-a:993', null],
    ['10.0.0.0/8:993', null],
  ])('host and port %s', (text, parsed) => expect(parseHostPort(text)).toEqual(parsed));

  it.each([
    ['192.0.2.7', true],
    ['10.0.0.0/8', true],
    ['2001:db8::/32', true],
    ['::/0', true],
    ['10.0.0.0/33', false],
    ['10.0.0/8', false],
    ['10.0.0.0/', false],
    ['fe80::1%eth0', false],
    ['localhost', false],
    ['', false],
  ])('network %s', (text, is) => expect(isNetwork(text)).toBe(is));

  it('knows the forms of one address, and what stays on the machine', () => {
    expect(canonicalHost('0:0:0:0:0:0:0:1')).toBe('::1');
    expect(['127.0.0.1', '127.9.9.9', '::1', 'localhost'].every(isLoopback)).toBe(true);
    expect(['10.0.0.1', '0.0.0.0', '::', 'mail.example.org', '2001:db8::1'].some(isLoopback)).toBe(false);
    expect(['0.0.0.0', '::', '0::0'].every(isUnspecified)).toBe(true);
    expect(isUnspecified('127.0.0.1')).toBe(false);
    expect(isHostName('a'.repeat(64))).toBe(false);
    expect(isHostName(`${'a.'.repeat(127)}a`)).toBe(false);
  });
});

describe('nearMiss', () => {
  const known = ['certificates', 'listen', 'tls', 'mode', 'proxy_protocol', 'backend'];
  it.each([
    ['certificate', 'certificates'],
    ['certifciates', 'certificates'],
    ['lisen', 'listen'],
    ['tsl', 'tls'],
    ['TLS', 'tls'],
    ['proxy-protocol', 'proxy_protocol'],
    ['proxyprotocol', 'proxy_protocol'],
    ['backends', 'backend'],
    ['port', null],
    ['password', null],
    ['', null],
    ['x'.repeat(10_000), null],
  ])('%s', (word, meant) => expect(nearMiss(word, known)).toBe(meant));
});

describe('what a message shows', () => {
  it('shortens, and shows nothing that a terminal obeys', () => {
    expect(quoted('a'.repeat(41))).toBe(`"${'a'.repeat(40)}…"`);
    expect(quoted('\u001b[31mred\u202e')).toBe('"\ufffd[31mred\ufffd"');
  });

  it.each([
    ['hunter2', ['backends', 'a', 'password']],
    ['hunter2', ['certificates', 0, 'key']],
    [1234, ['api_token']],
    ['-----BEGIN PRIVATE KEY-----', ['hostname']],
    ['imap://user:hunter2@host', ['backends', 'a', 'hosts']],
    ['one line\nhunter2', ['hostname']],
  ])('hides %s at %j', (value, path) => {
    expect(shown(value, path)).toBe('what stands there (not shown)');
  });

  it('says what is no text', () => {
    expect([null, [], [1], {}, true, 7, ''].map((value) => shown(value, ['x']))).toEqual([
      'nothing',
      'an empty list',
      'a list',
      'a mapping',
      'true',
      '7',
      'an empty text',
    ]);
    expect(alternatives(['a', 'b', 'c'])).toBe('a, b or c');
    expect(alternatives(['a'])).toBe('a');
  });
});
