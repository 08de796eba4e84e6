import { describe, expect, it } from 'vitest';
import { decodeForwardFields } from '../../../../src/proxy/forward-fields.js';
import { readClaim, spellXclient } from '../../../../src/proxy/xclient/index.js';
import { exampleIdentity } from '../../../harness/login-pair.js';

const spell = (own: Partial<typeof exampleIdentity>) => spellXclient({ ...exampleIdentity, ...own });
const forwarded = (line: string) => decodeForwardFields(/ FORWARD=(\S+)$/.exec(line)?.[1] ?? '');

describe('spellXclient', () => {
  it('leaves out what cannot be a word of the line, and a name that is too long', () => {
    expect(
      spell({
        session: 'a b',
        serverName: 'x\r\nUSER y',
        tls: false,
        forward: [],
        remote: { ip: 'fe80::1%eth0', port: 1 },
      }),
    ).toBe('XCLIENT ADDR=fe80::1 PORT=1 DESTADDR=2001:db8::25 DESTPORT=995 TTL=6 CLIENT-TRANSPORT=insecure');
    const long = spell({ session: 's'.repeat(65), serverName: 'n'.repeat(256), forward: [] });
    expect(long).not.toMatch(/SESSION|DESTNAME/);
  });

  it('keeps to the line that a Dovecot takes, the shortest fields first', () => {
    const long = 'x'.repeat(500);
    const line = spell({
      forward: [
        ['ssl_ja3', long],
        ['ja3', `${long}yyyyyyyy`],
        ['ssl_ja3_hash', 'h1'],
        ['ja4', 'h2'],
      ],
    });
    expect(line.length).toBeLessThanOrEqual(1000);
    expect(forwarded(line)).toEqual([
      ['ja4', 'h2'],
      ['ssl_ja3_hash', 'h1'],
      ['ssl_ja3', long],
    ]);
    for (let length = 0; length < 900; length++) {
      expect(spell({ forward: [['f', 'x'.repeat(length)]] }).length, `${length}`).toBeLessThanOrEqual(1000);
    }
  });

  it('is read again as it was meant', () => {
    const claim = readClaim(
      spell({ forward: [['client', 'a\tb=c\nd']] })
        .split(' ')
        .slice(1),
    );
    const { remote, local, session, ttl, tls, serverName } = exampleIdentity;
    expect(claim).toEqual({ remote, local, session, ttl, tls, serverName, forward: [['client', 'a\tb=c\nd']] });
  });
});

describe('readClaim', () => {
  const nothing = { remote: null, local: null, session: null, ttl: null, tls: null, serverName: null, forward: [] };

  it('reads what is there, names in any case', () => {
    expect(readClaim([])).toEqual(nothing);
    expect(readClaim([''])).toEqual(nothing);
    expect(readClaim(['UNKNOWN=x', 'word', '=', 'PORT=25'])).toEqual(nothing);
    expect(readClaim(['addr=::FFFF:192.0.2.7'])).toEqual({ ...nothing, remote: { ip: '::ffff:192.0.2.7', port: 0 } });
    expect(readClaim(['client-transport=insecure'])).toEqual({ ...nothing, tls: false });
    expect(readClaim(['TTL=1', 'TTL=2'])).toEqual({ ...nothing, ttl: 2 });
  });

  it('passes over a session name that is too long, as Dovecot does', () => {
    expect(readClaim([`SESSION=${'s'.repeat(64)}`])).toEqual({ ...nothing, session: 's'.repeat(64) });
    expect(readClaim([`SESSION=${'s'.repeat(65)}`])).toEqual(nothing);
  });

  it.each([
    'ADDR=',
    'ADDR=localhost',
    'ADDR=192.0.2.256',
    'ADDR=fe80::1%lo',
    'PORT=65536',
    'PORT=-1',
    'PORT=',
    'DESTADDR=x',
    'DESTPORT=x',
  ])('refuses %s', (parameter) => expect(readClaim([parameter])).toBeNull());
  it.each([
    'TTL=',
    'TTL=x',
    'TTL=99999999999',
    'DESTNAME=',
    'DESTNAME=a b',
    'DESTNAME=a"b',
    'FORWARD=?',
    'FORWARD=AQ==',
  ])('refuses %j', (parameter) => expect(readClaim([parameter])).toBeNull());
});
