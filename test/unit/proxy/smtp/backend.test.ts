import { describe, expect, it } from 'vitest';
import type { Attempt } from '../../../../src/proxy/attempt.js';
import type { BackendDialogue, BackendDialogueSettings } from '../../../../src/proxy/dialogue.js';
import { Secret } from '../../../../src/proxy/secret.js';
import { smtpBackendDialogue } from '../../../../src/proxy/smtp/index.js';
import { everyDelivery, throughReusedBuffer } from '../../../harness/every-cut.js';
import { backendSettings, base64, bytes, identity, latin1, shown } from './dialogue.js';

const POSTFIX = [
  '250-mail.example.test',
  '250-PIPELINING',
  '250-SIZE 10240000',
  '250-STARTTLS',
  '250-AUTH PLAIN LOGIN CRAM-MD5',
  '250-ENHANCEDSTATUSCODES',
  '250 8BITMIME',
];

function password(user: string, secret: string, authorization = ''): Attempt {
  return {
    mechanism: 'PLAIN',
    user,
    tag: '',
    credentials: {
      kind: 'password',
      authorization: bytes(authorization),
      user: bytes(user),
      password: new Secret(bytes(secret)),
    },
  };
}

function sasl(mechanism: string, initial: string | null): Attempt {
  const secret = initial === null ? null : new Secret(bytes(initial));
  return { mechanism, user: null, tag: '', credentials: { kind: 'sasl', initial: secret } };
}

/** What the dialogue makes of lines of the server. */
const hears = (dialogue: BackendDialogue, ...lines: string[]) =>
  shown(dialogue.push(bytes(lines.map((line) => `${line}\r\n`).join(''))));

function started(changes: Partial<BackendDialogueSettings> = {}, ...answer: string[]) {
  const dialogue = smtpBackendDialogue(backendSettings(changes));
  hears(dialogue, '220 mail.example.test ESMTP Postfix');
  return { dialogue, ready: hears(dialogue, ...(answer.length > 0 ? answer : POSTFIX)) };
}

describe('a backend', () => {
  it('introduces itself', () => {
    const dialogue = smtpBackendDialogue(backendSettings());
    // RFC 5321 section 3.1 allows several lines.
    expect(hears(dialogue, '220-mail.example.test ESMTP Postfix', '220 no spam')).toEqual(['EHLO proxy.example.org']);
    expect(hears(dialogue, ...POSTFIX)).toEqual([
      '(ready PLAIN LOGIN CRAM-MD5 | PIPELINING, SIZE 10240000, ENHANCEDSTATUSCODES, 8BITMIME | mail.example.test ESMTP Postfix | false)',
    ]);
    expect(shown(dialogue.quit())).toEqual(['QUIT']);
    expect(hears(dialogue, '221 2.0.0 Bye')).toEqual([]);
  });

  it('may write AUTH as it was before RFC 2554, or not at all', () => {
    const two = started({}, '250-a', '250-AUTH=LOGIN PLAIN', '250 auth login xoauth2');
    expect(two.ready).toEqual(['(ready LOGIN PLAIN XOAUTH2 |  | mail.example.test ESMTP Postfix | false)']);
    expect(started({}, '250 a').ready).toEqual(['(ready  |  | mail.example.test ESMTP Postfix | false)']);
  });

  it.each([
    [
      'refuses the connection',
      ['554 5.7.1 go away'],
      'proxy_dest_remote_failure: the backend answered 554 to its greeting: go away',
    ],
    ['has no time', ['421 4.3.2 later'], 'proxy_dest_remote_failure: the backend answered 421 to its greeting: later'],
    [
      'greets with another code',
      ['250 hello'],
      'proxy_dest_protocol_failure: the backend answered 250 to its greeting: hello',
    ],
    ['speaks another protocol', ['* OK ready'], 'proxy_dest_protocol_failure: what the backend said is no SMTP reply'],
    [
      'changes the code within a reply',
      ['220-a', '250 b'],
      'proxy_dest_protocol_failure: what the backend said is no SMTP reply',
    ],
    [
      'has a bare CR in a reply',
      ['220 a\r250 b'],
      'proxy_dest_protocol_failure: what the backend said is no SMTP reply',
    ],
    [
      'never ends a reply',
      Array(101).fill('220-a'),
      'proxy_dest_protocol_failure: what the backend said is no SMTP reply',
    ],
    [
      'never ends a line',
      [`220 ${'a'.repeat(13_000)}`],
      'proxy_dest_protocol_failure: what the backend said is no SMTP reply',
    ],
    [
      'refuses EHLO',
      ['220 a', '502 5.5.2 what?'],
      'proxy_dest_remote_failure: the backend answered 502 to EHLO: what?',
    ],
    [
      'speaks without being asked',
      ['220 a', '250 a', '250 b'],
      'proxy_dest_protocol_failure: the backend answered 250 to nothing: b',
    ],
    [
      'gives up',
      ['220 a', '250 a', '421 4.4.2 timeout'],
      'proxy_dest_remote_failure: the backend answered 421 to nothing: timeout',
    ],
  ])('is of no use when it %s', (_, lines, broken) => {
    const dialogue = smtpBackendDialogue(backendSettings());
    expect(hears(dialogue, ...lines).at(-1)).toBe(`(broken ${broken})`);
    expect(hears(dialogue, '250 a')).toEqual([]);
  });
});

describe('STARTTLS with a backend', () => {
  it('begins when it says so, and everything is asked again inside', () => {
    const { dialogue, ready } = started({ tls: 'starttls' });
    expect(ready).toEqual(['STARTTLS']);
    expect(hears(dialogue, '220 2.0.0 Ready to start TLS')).toEqual(['(start_tls)']);
    expect(shown(dialogue.secured())).toEqual(['EHLO proxy.example.org']);
    expect(hears(dialogue, '250-a', '250 AUTH XOAUTH2')).toEqual([
      '(ready XOAUTH2 |  | mail.example.test ESMTP Postfix | false)',
    ]);
  });

  it('is not begun with bytes in clear behind the answer', () => {
    for (const injected of ['250 a\r\n', '2', '\r', '\0']) {
      const { dialogue } = started({ tls: 'starttls' });
      expect(shown(dialogue.push(bytes(`220 Go\r\n${injected}`)))).toEqual([
        '(broken proxy_dest_protocol_failure: the backend sent bytes in clear behind its answer to STARTTLS)',
      ]);
    }
  });

  it('takes nothing into TLS that came in clear while it began', () => {
    const { dialogue } = started({ tls: 'starttls' });
    hears(dialogue, '220 Go');
    expect(hears(dialogue, '250-evil', '250 AUTH PLAIN')).toEqual([]);
    dialogue.secured();
    expect(hears(dialogue, '250 a')).toEqual(['(ready  |  | mail.example.test ESMTP Postfix | false)']);
  });

  it('must be there where it was asked for', () => {
    expect(started({ tls: 'starttls' }, '250-a', '250 AUTH PLAIN').ready).toEqual([
      '(broken proxy_dest_remote_failure: the backend does not offer STARTTLS)',
    ]);
    const { dialogue } = started({ tls: 'starttls' });
    expect(hears(dialogue, '454 4.7.0 TLS not available due to temporary reason')).toEqual([
      '(broken proxy_dest_remote_failure: the backend answered 454 to STARTTLS: TLS not available due to temporary reason)',
    ]);
  });

  it('is not for a link that has TLS already', () => {
    expect(started({ tls: 'implicit' }).ready[0]).toMatch(/^\(ready /);
  });
});

describe('XCLIENT with a backend', () => {
  const listing = (names: string) => ['250-mail.example.test', '250-AUTH PLAIN', `250 XCLIENT ${names}`];

  it('tells Postfix what it lists, and begins again with the name of the client', () => {
    const names = 'NAME ADDR PROTO HELO REVERSE_NAME PORT LOGIN DESTADDR DESTPORT';
    const { dialogue, ready } = started({ identity: identity({ helo: 'client.example.com' }) }, ...listing(names));
    expect(ready).toEqual([
      'XCLIENT NAME=[UNAVAILABLE] REVERSE_NAME=[UNAVAILABLE] DESTADDR=192.0.2.1 DESTPORT=587 PROTO=ESMTP HELO=client.example.com ADDR=192.0.2.7 PORT=4711',
    ]);
    expect(hears(dialogue, '220 mail.example.test ESMTP Postfix')).toEqual(['EHLO client.example.com']);
    expect(hears(dialogue, '250-mail.example.test', '250 AUTH PLAIN')).toEqual([
      '(ready PLAIN |  | mail.example.test ESMTP Postfix | true)',
    ]);
  });

  it('tells a Dovecot the session and the fields as well', () => {
    const names = 'ADDR PORT PROTO HELO LOGIN SESSION TTL TIMEOUT FORWARD';
    const { ready } = started({ identity: identity() }, ...listing(names));
    const forward = base64('ssl_ja3_hash=b7e9d913d85c071f5b806d59601e9b96').replaceAll('=', '+3D');
    expect(ready).toEqual([
      `XCLIENT FORWARD=${forward} PROTO=ESMTP SESSION=abcDEF+2B/12+3D TTL=6 ADDR=192.0.2.7 PORT=4711`,
    ]);
  });

  it('is told in several commands where one would be too long', () => {
    const long = identity({ forward: [['ssl_ja3', '4865-'.repeat(100)]] });
    const { dialogue, ready } = started({ identity: long }, ...listing('ADDR PORT SESSION TTL FORWARD'));
    expect(ready).toHaveLength(1);
    expect(ready[0]!.length).toBeGreaterThan(512);
    expect(hears(dialogue, '220 a')).toEqual(['XCLIENT SESSION=abcDEF+2B/12+3D TTL=6 ADDR=192.0.2.7 PORT=4711']);
    expect(hears(dialogue, '220 a')).toEqual(['EHLO proxy.example.org']);
    expect(hears(dialogue, '250 a').at(-1)).toMatch(/\| true\)$/);
  });

  it('writes IPv6 with its prefix, and IPv4 as IPv4', () => {
    const told = (ip: string) =>
      started({ identity: identity({ remote: { ip, port: 0 } }) }, ...listing('ADDR PORT')).ready;
    expect(told('2001:db8::7')).toEqual(['XCLIENT ADDR=IPV6:2001:db8::7']);
    expect(told('::ffff:192.0.2.7')).toEqual(['XCLIENT ADDR=192.0.2.7']);
  });

  it('cannot be made two commands by what a client says', () => {
    const evil = identity({ serverName: 'a b\r\nXCLIENT LOGIN=root', helo: 'a\nQUIT' });
    const { dialogue, ready } = started({ identity: evil }, ...listing('HELO DESTNAME'));
    expect(ready).toEqual(['XCLIENT HELO=a+0AQUIT DESTNAME=a+20b+0D+0AXCLIENT+20LOGIN+3Droot']);
    expect(hears(dialogue, '220 a')).toEqual(['EHLO proxy.example.org']);
  });

  it('is left where it is not offered, where nothing is to be told, and where it is refused', () => {
    expect(started({ identity: identity() }).ready[0]).toMatch(/^\(ready .*\| false\)$/);
    expect(started({}, ...listing('ADDR')).ready[0]).toMatch(/^\(ready .*\| false\)$/);
    expect(started({ identity: identity() }, ...listing('LOGIN TIMEOUT')).ready[0]).toMatch(/^\(ready .*\| false\)$/);
    const { dialogue } = started({ identity: identity() }, ...listing('ADDR'));
    expect(hears(dialogue, '550 5.7.0 Error: insufficient authorization')).toEqual([
      '(ready PLAIN |  | mail.example.test ESMTP Postfix | false)',
    ]);
  });

  it('leaves the client no right to it where its parameters are not taken', () => {
    const { dialogue } = started({ identity: identity() }, ...listing('ADDR PORT LOGIN'));
    expect(hears(dialogue, '501 5.5.4 Bad ADDR syntax: 192.0.2.7')).toEqual(['XCLIENT ADDR=[UNAVAILABLE]']);
    expect(hears(dialogue, '220 a')).toEqual(['EHLO proxy.example.org']);
    expect(hears(dialogue, '250 a')).toEqual(['(ready  |  | mail.example.test ESMTP Postfix | false)']);
    const { dialogue: stubborn } = started({ identity: identity() }, ...listing('ADDR PORT LOGIN'));
    hears(stubborn, '501 5.5.4 no');
    expect(hears(stubborn, '501 5.5.4 no')).toEqual([
      '(broken proxy_dest_remote_failure: the backend answered 501 to XCLIENT: no)',
    ]);
  });

  it('ends with a backend that goes away', () => {
    const { dialogue } = started({ identity: identity() }, ...listing('ADDR'));
    expect(hears(dialogue, '421 4.7.0 enough')).toEqual([
      '(broken proxy_dest_remote_failure: the backend answered 421 to XCLIENT: enough)',
    ]);
  });
});

describe('a login', () => {
  // RFC 4954 section 4.1; RFC 4616 section 4.
  it('is one command with PLAIN', () => {
    const { dialogue } = started();
    expect(shown(dialogue.begin(password('tim', 'tanstaaftanstaaf')))).toEqual([
      'AUTH PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm',
    ]);
    expect(shown(dialogue.push(bytes('235 2.7.0 Authentication successful\r\n250 rest')))).toEqual([
      '(succeeded "235 2.7.0 Authentication successful\\r\\n": Authentication successful)',
    ]);
    expect(latin1(dialogue.rest())).toBe('250 rest');
  });

  it('is answered in LOGIN where the backend has nothing else, whatever it asks with', () => {
    const { dialogue } = started({}, '250-a', '250 AUTH LOGIN');
    expect(shown(dialogue.begin(password('tim', 'secret')))).toEqual(['AUTH LOGIN']);
    expect(hears(dialogue, '334 VXNlcm5hbWU6')).toEqual([base64('tim')]);
    expect(hears(dialogue, '334 password please')).toEqual([base64('secret')]);
    expect(hears(dialogue, '235 ok')).toEqual(['(succeeded "235 ok\\r\\n": ok)']);
  });

  it('is told behind an empty challenge where it is too long for a command (RFC 4954 section 4)', () => {
    const { dialogue } = started();
    const secret = 'x'.repeat(400);
    expect(shown(dialogue.begin(password('tim', secret)))).toEqual(['AUTH PLAIN']);
    expect(hears(dialogue, '334 ')).toEqual([base64(`\0tim\0${secret}`)]);
    expect(hears(dialogue, '334')).toEqual(['*']);
  });

  it.each([
    ['an empty initial response', '', ['AUTH XOAUTH2 =']],
    ['none', null, ['AUTH XOAUTH2']],
    ['a short one', 'user=a\x01\x01', [`AUTH XOAUTH2 ${base64('user=a\x01\x01')}`]],
  ])('hands on a mechanism with %s', (_, initial, said) => {
    const { dialogue } = started({}, '250-a', '250 AUTH XOAUTH2');
    expect(shown(dialogue.begin(sasl('XOAUTH2', initial)))).toEqual(said);
  });

  // RFC 4954 section 4.2.
  it('hands on challenges and responses', () => {
    const { dialogue } = started();
    expect(shown(dialogue.begin(sasl('CRAM-MD5', null)))).toEqual(['AUTH CRAM-MD5']);
    expect(hears(dialogue, '334 PDQxOTI5NDIzNDEuMTI4Mjg0NzJAc291cmNlZm91ci5hbmRyZXcuY211LmVkdT4=')).toEqual([
      '(challenge "<4192942341.12828472@sourcefour.andrew.cmu.edu>")',
    ]);
    expect(shown(dialogue.respond(bytes('rjs3 ec3a59fed395aba1ec6367c4f4b41ac0')))).toEqual([
      'cmpzMyBlYzNhNTlmZWQzOTVhYmExZWM2MzY3YzRmNGI0MWFjMA==',
    ]);
    expect(hears(dialogue, '235 2.7.0 Authentication successful')).toHaveLength(1);
  });

  it('is given up where the client gives up, and the client hears what the backend says', () => {
    const { dialogue } = started();
    dialogue.begin(sasl('CRAM-MD5', null));
    hears(dialogue, `334 ${base64('<1@a>')}`);
    expect(shown(dialogue.respond(null))).toEqual(['*']);
    expect(hears(dialogue, '501 5.7.0 Authentication aborted')).toEqual([
      '(failed "501 5.7.0 Authentication aborted\\r\\n": Authentication aborted)',
    ]);
  });

  it.each([
    ['535 5.7.8 Error: authentication failed', 'failed'],
    ['534 5.7.9 Application-specific password required', 'failed'],
    ['525 5.7.13 Account disabled', 'failed'],
    ['550 5.7.1 Not from there', 'failed'],
    ['454 4.7.0 Temporary authentication failure', 'unavailable'],
    ['432 4.7.12 A password transition is needed', 'unavailable'],
    ['421 4.3.2 Going down', 'unavailable'],
  ])('that ends with %s has %s, in the words of the backend', (line, outcome) => {
    const { dialogue } = started();
    dialogue.begin(password('tim', 'secret'));
    expect(hears(dialogue, line)).toEqual([
      `(${outcome} ${JSON.stringify(`${line}\r\n`)}: ${line.slice(4).replace(/^\S+ /, '')})`,
    ]);
  });

  const TEMPORARY = '"454 4.7.0 Temporary authentication failure\\r\\n"';

  it.each([
    '530 5.7.0 Must issue a STARTTLS command first',
    '538 5.7.11 Encryption required for requested authentication mechanism',
    '523 5.7.10 Encryption Needed',
    '504 5.5.4 Unrecognized authentication type',
    '503 5.5.1 Error: authentication not enabled',
    '502 5.5.1 not implemented',
  ])('that fails between us and the backend is not for the client to mend: %s', (line) => {
    const { dialogue } = started();
    dialogue.begin(password('tim', 'secret'));
    expect(hears(dialogue, line)).toEqual([`(unavailable ${TEMPORARY}: ${line.slice(4).replace(/^\S+ /, '')})`]);
  });

  it('keeps all lines of a reply', () => {
    const { dialogue } = started();
    dialogue.begin(password('tim', 'secret'));
    expect(hears(dialogue, '535-5.7.8 Wrong.', '535 5.7.8 See https://example.org/')).toEqual([
      '(failed "535-5.7.8 Wrong.\\r\\n535 5.7.8 See https://example.org/\\r\\n": Wrong. See https://example.org/)',
    ]);
  });

  it.each([
    ['a mechanism it lacks', sasl('XOAUTH2', 'user=a\x01\x01')],
    ['a NUL in the password', password('tim', 'se\0cret')],
  ])('is not tried with %s', (_, attempt) => {
    const { dialogue } = started();
    expect(shown(dialogue.begin(attempt))).toEqual([
      `(unavailable ${TEMPORARY}: the backend does not take ${attempt.mechanism})`,
    ]);
  });

  it.each([
    ['no base64', ['334 hm'], password('tim', 'secret')],
    ['more than the password', ['334 '], password('tim', 'secret')],
    ['what is no base64 of the client', ['334 hm'], sasl('CRAM-MD5', null)],
  ])('is ended where the backend asks for %s', (_, lines, attempt) => {
    const { dialogue } = started();
    dialogue.begin(attempt);
    expect(hears(dialogue, ...lines)).toEqual(['*']);
    expect(hears(dialogue, '501 5.7.0 Authentication aborted')).toEqual([
      `(unavailable ${TEMPORARY}: the backend asked for more than the mechanism has)`,
    ]);
  });

  it('is ended where the backend asks without end', () => {
    const { dialogue } = started();
    dialogue.begin(sasl('CRAM-MD5', null));
    for (let i = 0; i < 16; i++) {
      expect(hears(dialogue, '334 YQ==')).toEqual(['(challenge "a")']);
      dialogue.respond(bytes('b'));
    }
    expect(hears(dialogue, '334 YQ==')).toEqual(['*']);
    expect(hears(dialogue, '334 YQ==')).toEqual([
      '(broken proxy_dest_protocol_failure: the backend does not let an exchange be ended)',
    ]);
    expect(dialogue.respond(bytes('b'))).toEqual([]);
  });

  it('has no other end', () => {
    const { dialogue } = started();
    dialogue.begin(password('tim', 'secret'));
    expect(hears(dialogue, '250 2.0.0 OK')).toEqual([
      '(broken proxy_dest_protocol_failure: the backend answered 250 to AUTH: OK)',
    ]);
  });
});

it('what is said does not depend on how bytes come', () => {
  const names = 'ADDR PORT SESSION TTL FORWARD';
  const parts = [
    '220-mail.example.test ESMTP\n220 ready\r\n',
    `250-a\r\n250-AUTH LOGIN\r\n250 XCLIENT ${names}\r\n`,
    '220 a\r\n',
    '250-a\r\n250 AUTH LOGIN\n',
    '334 VXNlcm5hbWU6\r\n',
    '334 UGFzc3dvcmQ6\r\n',
    '235-2.7.0 Welcome\r\n235 2.7.0 tim\r\n\0rest\r',
  ];
  const run = (feed: (part: Uint8Array, push: (chunk: Uint8Array) => void) => void) => {
    const dialogue = smtpBackendDialogue(backendSettings({ identity: identity() }));
    const steps: string[] = [];
    for (const [i, part] of parts.entries()) {
      feed(bytes(part), (chunk) => steps.push(...shown(dialogue.push(chunk))));
      if (i === 3) steps.push(...shown(dialogue.begin(password('tim', 'secret'))));
    }
    return [...steps, latin1(dialogue.rest())];
  };
  const whole = run((part, push) => push(part));
  expect(whole.at(-1)).toBe('\0rest\r');
  const longest = Math.max(...parts.map((part) => part.length));
  for (let at = 0; at < longest; at++) {
    const pieces = run((part, push) => {
      const deliveries = [...everyDelivery(part)];
      throughReusedBuffer(deliveries[Math.min(at, deliveries.length - 1)]!, push);
    });
    expect(pieces, `delivery ${at}`).toEqual(whole);
  }
});
