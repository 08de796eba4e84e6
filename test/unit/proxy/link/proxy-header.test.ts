import { describe, expect, it } from 'vitest';
import { linkLimits } from '../../../../src/proxy/link/index.js';
import { clientHeader, type HeaderSubject } from '../../../../src/proxy/link/proxy-header.js';

const v4: HeaderSubject = {
  remote: { ip: '192.0.2.7', port: 50_123 },
  local: { ip: '198.51.100.1', port: 993 },
  tls: null,
  serverName: null,
};

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const text = (value: string) => Buffer.from(value, 'latin1').toString('hex');

// Bytes by hand, from section 2.2 of the PROXY protocol.
const SIGNATURE = '0d0a0d0a000d0a515549540a';
const PROXY_TCP4 = `${SIGNATURE}2111`;
const PROXY_TCP6 = `${SIGNATURE}2121`;
const V4_ADDRESSES = 'c0000207c6336401c3cb03e1';

describe('version 1', () => {
  const line = (subject: Partial<HeaderSubject>) =>
    Buffer.from(clientHeader({ ...v4, ...subject }, 1)).toString('latin1');

  it('is a line of addresses and ports, and of nothing else', () => {
    const everything = { tls: { version: 'TLSv1.3', cipher: 'x' }, serverName: 'imap.example.org' };
    expect(line(everything)).toBe('PROXY TCP4 192.0.2.7 198.51.100.1 50123 993\r\n');
  });

  it('takes an IPv4-mapped address for what it is', () => {
    const subject = { remote: { ip: '::ffff:192.0.2.7', port: 1 }, local: { ip: '::ffff:198.51.100.1', port: 2 } };
    expect(line(subject)).toBe('PROXY TCP4 192.0.2.7 198.51.100.1 1 2\r\n');
    expect(line({ local: subject.local })).toBe('PROXY TCP4 192.0.2.7 198.51.100.1 50123 2\r\n');
  });

  it('writes both ends as IPv6 where one is', () => {
    expect(line({ remote: { ip: '2001:db8::7', port: 1 } })).toBe(
      'PROXY TCP6 2001:db8::7 ::ffff:198.51.100.1 1 993\r\n',
    );
    expect(line({ local: { ip: '2001:db8::1', port: 993 } })).toBe(
      'PROXY TCP6 ::ffff:192.0.2.7 2001:db8::1 50123 993\r\n',
    );
  });

  it('leaves the zone of a link-local address out', () => {
    expect(line({ remote: { ip: 'fe80::1%eth0', port: 1 }, local: { ip: 'fe80::2%eth0', port: 2 } })).toBe(
      'PROXY TCP6 fe80::1 fe80::2 1 2\r\n',
    );
  });
});

describe('version 2', () => {
  const header = (subject: Partial<HeaderSubject>) => hex(clientHeader({ ...v4, ...subject }, 2));
  const withTlvs = (tlvs: string) =>
    `${PROXY_TCP4}${(12 + tlvs.length / 2).toString(16).padStart(4, '0')}${V4_ADDRESSES}${tlvs}`;

  it('has the addresses', () => {
    expect(header({})).toBe(withTlvs(''));
  });

  it('writes both ends as IPv6 where one is', () => {
    const v6 = '20010db8000000000000000000000007';
    const mapped = '00000000000000000000ffffc6336401';
    expect(header({ remote: { ip: '2001:db8::7', port: 50_123 } })).toBe(`${PROXY_TCP6}0024${v6}${mapped}c3cb03e1`);
  });

  it('tells of TLS that ended: PP2_CLIENT_SSL, no certificate, version and cipher', () => {
    const inner = `210007${text('TLSv1.3')}23000c${text('AES_128_GCM_')}`;
    expect(header({ tls: { version: 'TLSv1.3', cipher: 'AES_128_GCM_' } })).toBe(withTlvs(`20001e0100000001${inner}`));
    expect(header({ tls: { version: null, cipher: null } })).toBe(withTlvs('2000050100000001'));
  });

  it.each(['imap.example.org', 'IMAP_1.example', 'xn--bcher-kva.example'])('tells the server name %s', (serverName) => {
    const length = serverName.length.toString(16).padStart(4, '0');
    expect(header({ serverName })).toBe(withTlvs(`02${length}${text(serverName)}`));
  });

  it.each(['', 'a b', 'a\r\nb', 'a\u0000', 'ü.example', 'a/../b', 'x:25', 'a'.repeat(linkLimits.MAX_AUTHORITY + 1)])(
    'does not tell a server name that DNS has not: %j',
    (serverName) => {
      expect(header({ serverName })).toBe(withTlvs(''));
    },
  );
});
