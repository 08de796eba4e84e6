import { describe, expect, it } from 'vitest';
import type { Attempt, Credentials } from '../../../../src/proxy/attempt.js';
import type { BackendDialogueSettings } from '../../../../src/proxy/dialogue.js';
import { Secret } from '../../../../src/proxy/secret.js';
import { sieveBackendDialogue } from '../../../../src/proxy/sieve/index.js';
import { everyDelivery, throughReusedBuffer } from '../../../harness/every-cut.js';
import { backendSettings, bytesOf, exampleIdentity, latin1, told } from '../../../harness/login-pair.js';

// As Debian's Pigeonhole 0.5.19 greets a peer it trusts, the list of extensions cut short.
const greeting = (...more: string[]) => [
  '"IMPLEMENTATION" "Dovecot (Debian) Pigeonhole"',
  '"SIEVE" "fileinto reject envelope"',
  '"NOTIFY" "mailto"',
  '"SASL" "PLAIN LOGIN CRAM-MD5 SCRAM-SHA-256"',
  ...more,
  '"VERSION" "1.0"',
  'OK "Dovecot (Debian) ready."',
];

function begin(settings: Partial<BackendDialogueSettings> = {}) {
  const dialogue = sieveBackendDialogue(backendSettings(settings));
  return { dialogue, say: (...lines: string[]) => told(dialogue.push(bytesOf(`${lines.join('\r\n')}\r\n`))) };
}

function ready(...lines: string[]) {
  const backend = begin();
  backend.say(...(lines.length > 0 ? lines : greeting()));
  return backend;
}

function sasl(mechanism: string, initial: string | null): Attempt {
  const credentials: Credentials = { kind: 'sasl', initial: initial === null ? null : new Secret(bytesOf(initial)) };
  return { mechanism, user: null, credentials, tag: '' };
}

function password(user: string, secret: string): Attempt {
  const credentials = {
    kind: 'password',
    authorization: new Uint8Array(),
    user: bytesOf(user),
    password: new Secret(bytesOf(secret)),
  } as const;
  return { mechanism: 'PLAIN', user, credentials, tag: '' };
}

describe('introduction', () => {
  it('reads the capabilities, and hands on those that are not about the login', () => {
    const { dialogue } = begin();
    expect(
      dialogue.push(bytesOf(`${greeting('"STARTTLS"', '"unauthenticate"', '"XCLIENT"').join('\r\n')}\r\n`)),
    ).toEqual([
      {
        step: 'ready',
        backend: {
          mechanisms: ['PLAIN', 'LOGIN', 'CRAM-MD5', 'SCRAM-SHA-256'],
          keywords: [
            '"IMPLEMENTATION" "Dovecot (Debian) Pigeonhole"',
            '"SIEVE" "fileinto reject envelope"',
            '"NOTIFY" "mailto"',
            '"VERSION" "1.0"',
          ],
          greeting: 'Dovecot (Debian) ready.',
          tookIdentity: false,
        },
      },
    ]);
  });

  it('quotes what came as a literal, and leaves out what cannot be quoted', () => {
    const { dialogue } = begin();
    const lines = '"A" {3}\r\nb"c\r\n"D" {3}\r\ne\nf\r\n"SASL" ""\r\nOK {4}\r\ngood\r\n';
    expect(dialogue.push(bytesOf(lines))).toMatchObject([
      { backend: { mechanisms: [], keywords: ['"A" "b\\"c"'], greeting: 'good' } },
    ]);
  });

  it('tells who the client is where that is offered', () => {
    const { say } = begin({ identity: exampleIdentity });
    expect(say(...greeting('"XCLIENT"'))).toEqual([
      'XCLIENT ADDR=192.0.2.7 PORT=50000 DESTADDR=2001:db8::25 DESTPORT=995 TTL=6 CLIENT-TRANSPORT=TLS ' +
        `SESSION=AbCd+/1234 DESTNAME=mail.example.org FORWARD=${Buffer.from(
          'ssl_ja3_hash=e7d705a3286e19ea42f587b344ee6865',
        ).toString('base64')}`,
    ]);
    expect(say('OK "Updated"')).toEqual(['<ready PLAIN LOGIN CRAM-MD5 SCRAM-SHA-256; identity taken>']);
    const refused = begin({ identity: exampleIdentity });
    refused.say(...greeting('"XCLIENT"'));
    expect(refused.say('NO "You are not from trusted IP"')[0]).toMatch(/identity not taken/);
    expect(begin({ identity: exampleIdentity }).say(...greeting())[0]).toMatch(/identity not taken/);
  });

  it.each([
    ['BYE (TRYLATER) "Server shutting down."', 'proxy_dest_remote_failure: Server shutting down.'],
    ['NO "not now"', 'proxy_dest_remote_failure: not now'],
    ['"A" "B" "C"', 'proxy_dest_protocol_failure: no capability of ManageSieve'],
    ['* OK IMAP4rev1 ready', 'proxy_dest_protocol_failure: no capability of ManageSieve'],
    ['"A', 'proxy_dest_protocol_failure: a response that is malformed'],
    [`"A" {99999}`, 'proxy_dest_protocol_failure: a response that is too long'],
  ])('breaks at %j', (line, wanted) => {
    const { dialogue, say } = begin();
    expect(say(line)).toEqual([`<broken ${wanted}>`]);
    expect(dialogue.push(bytesOf('OK\r\n'))).toEqual([]);
  });

  it('breaks at capabilities without end', () => {
    const many = Array.from({ length: 65 }, (_, at) => `"X-${at}"`);
    expect(begin().say(...many)).toEqual(['<broken proxy_dest_protocol_failure: capabilities without end>']);
    const long = Array.from({ length: 2 }, (_, at) => `"X-${at}" "${'x'.repeat(9000)}"`);
    expect(begin().say(...long)).toEqual(['<broken proxy_dest_protocol_failure: capabilities without end>']);
  });

  it('breaks where the backend speaks unasked', () => {
    expect(ready().say('BYE "Disconnected for inactivity."')).toEqual([
      '<broken proxy_dest_remote_failure: Disconnected for inactivity.>',
    ]);
    expect(ready().say('OK "?"')).toEqual(['<broken proxy_dest_protocol_failure: a response to nothing: ?>']);
    expect(ready().say('"x"')).toEqual(['<broken proxy_dest_protocol_failure: no response of ManageSieve: "x" >']);
  });
});

describe('STARTTLS', () => {
  it('comes first, and only the capabilities that are sent inside TLS count (RFC 5804 section 2.2)', () => {
    const { dialogue, say } = begin({ tls: 'starttls', identity: exampleIdentity });
    expect(say('"SASL" ""', '"XCLIENT"', '"STARTTLS"', 'OK')).toEqual(['STARTTLS']);
    expect(say('OK "Begin TLS negotiation now."')).toEqual(['<start_tls>']);
    expect(dialogue.secured()).toEqual([]);
    expect(say('"SASL" "PLAIN"', 'OK "TLS negotiation successful."')).toEqual(['<ready PLAIN; identity not taken>']);
  });

  it('breaks where it is not offered, or refused', () => {
    expect(begin({ tls: 'starttls' }).say('"SASL" ""', 'OK')).toEqual([
      '<broken proxy_dest_remote_failure: STARTTLS is not offered>',
    ]);
    const { say } = begin({ tls: 'starttls' });
    say('"STARTTLS"', 'OK');
    expect(say('NO "no"')).toEqual(['<broken proxy_dest_remote_failure: STARTTLS refused: no>']);
  });

  it('breaks at whatever comes in clear behind the go-ahead, in whatever pieces', () => {
    for (const injected of ['"SASL" "PLAIN"\r\nOK\r\n', 'O', '\n']) {
      for (const delivery of everyDelivery(bytesOf(`"STARTTLS"\r\nOK\r\nOK "go"\r\n${injected}`))) {
        const { dialogue } = begin({ tls: 'starttls' });
        const steps: string[] = [];
        throughReusedBuffer(delivery, (chunk) => steps.push(...told(dialogue.push(chunk))));
        expect(steps.at(-1), delivery.name).toBe(
          '<broken proxy_dest_protocol_failure: bytes in clear behind STARTTLS>',
        );
        expect(told(dialogue.secured()), delivery.name).toEqual([]);
      }
    }
  });
});

describe('logins', () => {
  it('are said by AUTHENTICATE with an initial response', () => {
    const { dialogue, say } = ready();
    expect(told(dialogue.begin(password('u1', 'pass')))).toEqual(['AUTHENTICATE "PLAIN" "AHUxAHBhc3M="']);
    expect(say('OK "Logged in."')).toEqual(['<answer succeeded: Logged in.>', 'OK "Logged in."']);
  });

  it('are said as a literal where a quoted string has no room (RFC 5804 section 4)', () => {
    const [line, base64] = told(ready().dialogue.begin(password('u', 'x'.repeat(800))));
    expect(line).toBe('AUTHENTICATE "PLAIN" {1072+}');
    expect(base64).toBe(Buffer.from(`\0u\0${'x'.repeat(800)}`).toString('base64'));
  });

  it('are said by LOGIN where there is nothing else', () => {
    const { dialogue, say } = ready('"SASL" "LOGIN"', 'OK');
    expect(told(dialogue.begin(password('u1', 'pass')))).toEqual(['AUTHENTICATE "LOGIN"']);
    expect(say('"VXNlcm5hbWU6"')).toEqual(['"dTE="']);
    expect(say('{12}', 'UGFzc3dvcmQ6')).toEqual(['"cGFzcw=="']);
    expect(say('"" ')).toEqual(['<broken proxy_dest_protocol_failure: a challenge too many>']);
  });

  it('are not said where the backend takes no passwords', () => {
    expect(told(ready('"SASL" "CRAM-MD5"', 'OK').dialogue.begin(password('u', 'p')))).toEqual([
      '<answer unavailable: the backend takes no such login>',
      'NO (TRYLATER) "Temporary authentication failure."',
    ]);
  });

  it('hand on challenges and answers', () => {
    const { dialogue, say } = ready();
    expect(told(dialogue.begin(sasl('SCRAM-SHA-256', 'n,,n=u1,r=abc')))).toEqual([
      'AUTHENTICATE "SCRAM-SHA-256" "biwsbj11MSxyPWFiYw=="',
    ]);
    expect(say('"cj1hYmM="')).toEqual(['<challenge r=abc>']);
    expect(told(dialogue.respond(bytesOf('c=biws')))).toEqual(['"Yz1iaXdz"']);
    expect(say('"dj0="')).toEqual(['<challenge v=>']);
    expect(told(dialogue.respond(new Uint8Array()))).toEqual(['""']);
    expect(say('OK (SASL "dj0=") "Logged in."')).toEqual([
      '<answer succeeded: Logged in.>',
      'OK (SASL "dj0=") "Logged in."',
    ]);
  });

  it('end where the backend will not wait for the client', () => {
    const { dialogue, say } = ready();
    dialogue.begin(sasl('CRAM-MD5', null));
    expect(say('"PDE+"', 'NO "too slow"').at(-2)).toBe('<answer failed: too slow>');
    expect(dialogue.respond(bytesOf('late'))).toEqual([]);
  });

  it('can be given up', () => {
    const { dialogue, say } = ready();
    expect(told(dialogue.begin(sasl('CRAM-MD5', null)))).toEqual(['AUTHENTICATE "CRAM-MD5"']);
    say('"PDE+"');
    expect(told(dialogue.respond(null))).toEqual(['"*"']);
    expect(say('NO "Authentication aborted by client."')[0]).toBe('<answer failed: Authentication aborted by client.>');
  });

  it('begin with nothing as an empty string', () => {
    expect(told(ready().dialogue.begin(sasl('SCRAM-SHA-256', '')))).toEqual(['AUTHENTICATE "SCRAM-SHA-256" ""']);
  });

  it.each([
    ['"no base64"', 'protocol_failure: a challenge that is no base64'],
    ['"PDE+" "PDE+"', 'protocol_failure: a challenge that is no base64'],
    ['BYE "gone"', 'remote_failure: gone'],
    ['"PDE+"\r\nOK', 'protocol_failure: success before the client has answered'],
  ])('break at %j', (line, wanted) => {
    const { dialogue, say } = ready();
    dialogue.begin(sasl('CRAM-MD5', null));
    expect(say(line).at(-1)).toBe(`<broken proxy_dest_${wanted}>`);
  });
});

describe('the answer', () => {
  // RFC 5804 section 1.3.
  it.each([
    ['NO "Authentication failed."\r\n', 'failed', 'Authentication failed.'],
    ['NO\r\n', 'failed', ''],
    ['no (AUTH-TOO-WEAK) "too weak"\r\n', 'failed', 'too weak'],
    ['NO (REFERRAL "sieve://sieve.example.net/") "elsewhere"\r\n', 'failed', 'elsewhere'],
    ['NO (TRYLATER) "Temporary authentication failure."\r\n', 'unavailable', 'Temporary authentication failure.'],
    ['NO (ENCRYPT-NEEDED) "TLS first"\r\n', 'unavailable', 'TLS first'],
    ['NO (TRYLATER) {9}\r\ntwo\r\nline\r\n', 'unavailable', 'two line'],
  ])('%j: %s', (reply, outcome, text) => {
    const { dialogue } = ready();
    dialogue.begin(password('u', 'p'));
    expect(dialogue.push(bytesOf(reply))).toEqual([{ step: 'answer', outcome, reply: bytesOf(reply), text }]);
  });

  it('leaves the client what came behind a success, in whatever pieces', () => {
    const sent = bytesOf('OK {2}\r\nin\r\n"IMPLEMENTATION" "x"\r\nand binary \0\xff');
    for (const delivery of everyDelivery(sent)) {
      const { dialogue } = ready();
      dialogue.begin(password('u', 'p'));
      const steps: string[] = [];
      let behind = ''; // what comes once the answer is there is not the dialogue's any more
      throughReusedBuffer(delivery, (chunk) => {
        if (steps.length > 0) behind += latin1(chunk);
        else steps.push(...told(dialogue.push(chunk)));
      });
      expect(steps, delivery.name).toEqual(['<answer succeeded: in>', 'OK {2}', 'in']);
      expect(latin1(dialogue.rest()) + behind, delivery.name).toBe('"IMPLEMENTATION" "x"\r\nand binary \0\xff');
    }
  });

  it('says goodbye in place of a login', () => {
    expect(told(ready().dialogue.quit())).toEqual(['LOGOUT']);
  });
});
