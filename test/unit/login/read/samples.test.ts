import { describe, expect, it } from 'vitest';
import { md5 } from '../../../../src/fingerprint/index.js';
import type { LoginEvent } from '../../../../src/model/index.js';
import { loginsOf, sampleLog } from '../../../harness/logins.js';

/**
 * Lines that real Dovecots wrote. What must come of them is what the clients did, in the order of scripts/samples/situations.py.
 */

type Expected = readonly [
  protocol: string,
  user: string | null,
  outcome: LoginEvent['outcome'],
  port: number,
  tls: boolean,
];

/** The first part of `everything`: the same twice, with TLS from the first byte and by STARTTLS. */
const logins = (imap: number, pop3: number, submission: number): Expected[] => [
  ['imap', 'user1', 'succeeded', imap, true],
  ['imap', 'user1', 'failed', imap, true],
  // two wrong passwords before: Dovecot tells of the last attempt of a connection only
  ['imap', 'user2', 'succeeded', imap, true],
  ['pop3', 'user1', 'succeeded', pop3, true],
  ['pop3', 'user1', 'failed', pop3, true],
  ['submission', 'user1', 'succeeded', submission, true],
  ['submission', 'user1', 'failed', submission, true],
];

const everything: readonly Expected[] = [
  ...logins(993, 995, 465),
  ...logins(143, 110, 587),
  ['managesieve', 'user1', 'succeeded', 4190, true],
  ['managesieve', 'user1', 'failed', 4190, true],
  ['imap', 'user1', 'succeeded', 993, true],
  ['imap', null, 'none', 993, true], // left
  ['imap', null, 'none', 993, true], // LOGOUT
  ['imap', null, 'none', 143, false],
  ['imap', null, 'none', 993, true], // AUTHENTICATE PLAIN, and no answer
  ['imap', null, 'none', 993, true], // `*`
  ['imap', null, 'refused', 993, true], // a mechanism that there is not
  ['imap', null, 'refused', 993, true], // no base64
  ['imap', 'user1', 'failed', 143, false], // in clear
  ['pop3', 'user1', 'failed', 110, false],
  ['imap', null, 'none', 993, true], // NONSENSE
  ['pop3', null, 'none', 995, true],
];

const hostile = [
  'eve>, rip=192.0.2.66, session=<aaaaaaaaaaaaaaaa',
  'eve, ssl_ja3_hash=00000000000000000000000000000000',
  'eve>, method=plain, rip=192.0.2.66, lip=192.0.2.67, tls, session=<x',
  'eve, user=<mallory>, rip=192.0.2.66',
  // str_sanitize writes `?`
  'eve?and? control ?[31m',
  '<eve> \'and\' "quotes" \\ %u %{rip}',
  'e\u0301v\u00e9 \u202egro.elpmaxe',
  'invalid ?? utf-8',
  `eve${'x'.repeat(74)}...`,
  'user=<eve',
];

const proxied: readonly Expected[] = [
  ['imap', 'user1', 'succeeded', 993, true],
  ['imap', 'user1', 'failed', 993, true],
  ['imap', null, 'none', 143, true],
  ...['eve>: user=<mallory>, rip=192.0.2.66', 'eve): user=<m,1', 'eve, rip=192.0.2.66'].flatMap((name): Expected[] => [
    ['imap', name, 'succeeded', 993, true],
    ['imap', name, 'failed', 993, true],
  ]),
];

const few: readonly Expected[] = [
  ['imap', 'user1', 'succeeded', 993, true],
  ['pop3', 'user1', 'failed', 110, true],
  ['submission', 'user2', 'succeeded', 587, true],
  ['imap', null, 'none', 993, true],
  ['imap', 'eve>, rip=192.0.2.66', 'failed', 993, true],
  ['imap', 'eve??[31m é', 'failed', 993, true],
];

const shape = ({ protocol, user, outcome, local, tls }: LoginEvent): Expected => [
  protocol,
  user,
  outcome,
  local?.port ?? 0,
  tls,
];

/** Upper-case é has another form in the log: the server made the whole name lower-case. */
const ownClient = (events: readonly LoginEvent[]) => events.filter((event) => event.remote?.ip === '198.51.100.21');

const ELEMENTS_24 =
  'user=<%{user}> method=%{mechanism} rip=%{remote_ip} rport=%{remote_port} lip=%{local_ip} lport=%{local_port} mpid=%{mail_pid} %{secured} session=<%{session}> ssl_ja3_hash=%{ssl_ja3_hash} ssl_ja3=%{ssl_ja3}';
const ELEMENTS_23 =
  'user=<%u> method=%m rip=%r rport=%b lip=%l lport=%a mpid=%e %c session=<%{session}> ssl_ja3_hash=%{passdb:forward_ssl_ja3_hash} ssl_ja3=%{passdb:forward_ssl_ja3}';

describe.each([
  ['dovecot-2.3', 'named', ELEMENTS_23],
  ['dovecot-2.4', 'named', ELEMENTS_24],
  ['dovecot-2.3', 'guessed', undefined],
  ['dovecot-2.4', 'guessed', undefined],
])('%s.log, elements %s', (name, _, elements) => {
  const events = loginsOf([sampleLog(name)], elements === undefined ? {} : { elements });
  const own = ownClient(events);

  it('tells of each connection what the client did', () => {
    expect(own.slice(0, everything.length).map(shape)).toEqual(everything);
  });

  it('has every hostile name as it is, once refused and once let in', () => {
    const names = own.filter(
      (event) => event.user?.includes('eve') || event.user?.includes('gro.') || event.user?.startsWith('invalid'),
    );
    expect(names.map(({ user, outcome }) => [user, outcome])).toEqual(
      hostile.flatMap((user) => [
        [user, 'failed'],
        [user, 'succeeded'],
      ]),
    );
  });

  it('believes nothing that a name or a mechanism says', () => {
    expect(events.filter((event) => event.remote?.ip.startsWith('192.0.2.6'))).toEqual([]);
    expect(events.filter((event) => event.user?.includes('MALLORY') || event.user === 'mallory')).toEqual([]);
    for (const event of own) {
      expect(event.local?.ip).toBe(name === 'dovecot-2.3' ? '192.0.2.25' : '192.0.2.28');
      // microseconds, port, address: 12 bytes in base64
      expect(event.session).toMatch(/^[A-Za-z0-9+/]{16}$/);
      expect(Buffer.from(event.session!, 'base64').readUInt16LE(6)).toBe(event.remote?.port);
      expect(event.sslJa3?.hash).not.toBe('0'.repeat(32));
    }
    // ManageSieve in clear, with `X, TLS, rip=192.0.2.66` for a mechanism
    const clear = own.filter((event) => event.protocol === 'managesieve' && !event.tls);
    expect(clear.map((event) => event.outcome)).toEqual(['refused']);
  });

  it('refuses nothing, and says why where a login did not succeed', () => {
    for (const event of events) expect(event.reason === null).toBe(event.outcome === 'succeeded');
  });
});

it('dovecot-2.4.log has fingerprints whose hash Dovecot made, after every finished handshake', () => {
  const own = ownClient(loginsOf([sampleLog('dovecot-2.4')]));
  for (const { tls, sslJa3, ja3 } of own) {
    expect(sslJa3 !== null).toBe(tls);
    expect(ja3).toBeNull();
    if (sslJa3 !== null) expect(md5(sslJa3.string!)).toBe(sslJa3.hash);
  }
});

it('dovecot-2.3.log has what a proxy forwarded, of logins that succeeded', () => {
  const forwarded = loginsOf([sampleLog('dovecot-2.3')]).filter((event) => event.session?.startsWith('forwarded'));
  expect(
    forwarded.map(({ session, protocol, outcome, remote, tls, sslJa3 }) => [
      session,
      protocol,
      outcome,
      remote,
      tls,
      sslJa3?.hash,
    ]),
  ).toEqual([
    ['forwarded1', 'imap', 'succeeded', { ip: '203.0.113.9', port: 40123 }, false, 'b7e9d913d85c071f5b806d59601e9b96'],
    ['forwarded2', 'imap', 'failed', { ip: '203.0.113.9', port: 40123 }, false, undefined],
    ['forwarded3', 'pop3', 'succeeded', { ip: '203.0.113.9', port: 40123 }, false, 'b7e9d913d85c071f5b806d59601e9b96'],
  ]);
});

describe.each(['proxy-2.3', 'proxy-2.4'])('%s.log', (name) => {
  it('tells whom the other server let in, once, whatever the name in front of it holds', () => {
    const events = loginsOf([sampleLog(name)]);
    expect(events.map(shape)).toEqual(proxied);
    expect(new Set(events.map((event) => event.remote?.ip))).toEqual(new Set(['198.51.100.21']));
  });
});

/** The same logins, as syslog and the journal write them down. */
describe('forms of a line', () => {
  const journal = ['short-iso-precise', 'short-precise', 'short-unix', 'short-iso', 'short-full', 'short'];
  const syslog = ['syslog-rfc5424', 'syslog-traditional'];
  const whole = (events: readonly LoginEvent[]) =>
    events.map((event) => ({ ...event, time: { seconds: event.time.seconds, nanoseconds: 0, digits: 0 } }));

  it.each(['syslog-iso', 'journal-json'])('%s tells what the clients did', (name) => {
    expect(loginsOf([sampleLog(name)]).map(shape)).toEqual([...few, ...few]);
  });

  it.each([
    ...journal.map((form) => ['journal-json', `journal-${form}`]),
    ...syslog.map((form) => ['syslog-iso', form]),
  ])('%s and %s tell the same', (one, other) => {
    const [first, second] = [one!, other!].map((name) => loginsOf([sampleLog(name)]));
    if (second![0]!.time.digits === 0) expect(second).toEqual(whole(first!));
    else expect(second).toEqual(first);
  });
});
