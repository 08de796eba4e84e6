import { describe, expect, it } from 'vitest';
import type { Attempt, Credentials } from '../../../../src/proxy/attempt.js';
import type { BackendDialogueSettings } from '../../../../src/proxy/dialogue.js';
import { pop3BackendDialogue } from '../../../../src/proxy/pop3/index.js';
import { Secret } from '../../../../src/proxy/secret.js';
import { everyDelivery, throughReusedBuffer } from '../../../harness/every-cut.js';
import { backendSettings, bytesOf, exampleIdentity, latin1, told } from '../../../harness/login-pair.js';

function begin(settings: Partial<BackendDialogueSettings> = {}) {
  const dialogue = pop3BackendDialogue(backendSettings(settings));
  return { dialogue, say: (...lines: string[]) => told(dialogue.push(bytesOf(`${lines.join('\r\n')}\r\n`))) };
}

/** A backend that has introduced itself by CAPA; null: it knows none. */
function ready(capabilities: readonly string[] | null) {
  const backend = begin();
  backend.say('+OK ready');
  if (capabilities === null) backend.say('-ERR Unknown command.');
  else backend.say('+OK', ...capabilities, '.');
  return backend;
}

function attempt(credentials: Credentials, mechanism = 'PLAIN'): Attempt {
  return { mechanism, user: null, credentials, tag: '' };
}

function password(user: string, secret: string, authorization = ''): Attempt {
  return attempt({
    kind: 'password',
    authorization: bytesOf(authorization),
    user: bytesOf(user),
    password: new Secret(bytesOf(secret)),
  });
}

// As Debian's Dovecot 2.3.19 has it inside TLS.
const dovecot = 'CAPA|TOP|UIDL|RESP-CODES|PIPELINING|AUTH-RESP-CODE|USER|SASL PLAIN LOGIN CRAM-MD5 SCRAM-SHA-256'.split(
  '|',
);

describe('introduction', () => {
  it('asks for capabilities, and hands on those that are not about the login', () => {
    const { dialogue, say } = begin();
    expect(say('+OK Dovecot ready. <1.2.3@vm>')).toEqual(['CAPA']);
    expect(dialogue.push(bytesOf(`+OK\r\n${dovecot.join('\r\n')}\r\n.\r\n`))).toEqual([
      {
        step: 'ready',
        backend: {
          mechanisms: ['PLAIN', 'LOGIN', 'CRAM-MD5', 'SCRAM-SHA-256'],
          keywords: ['CAPA', 'TOP', 'UIDL', 'PIPELINING', 'AUTH-RESP-CODE'],
          greeting: 'Dovecot ready. <1.2.3@vm>',
          tookIdentity: false,
        },
      },
    ]);
  });

  it('takes USER and PASS for PLAIN, also of a server older than CAPA', () => {
    const { say } = begin();
    say('+OK');
    expect(say('-ERR what?')).toEqual(['<ready PLAIN; identity not taken>']);
    const other = begin();
    other.say('+OK');
    expect(other.say('+OK list follows', 'USER', 'SASL', '.')).toEqual(['<ready PLAIN; identity not taken>']);
  });

  it('tells who the client is where the greeting asks for it', () => {
    const { say } = begin({ identity: exampleIdentity });
    expect(say('+OK [XCLIENT] Dovecot ready.')).toEqual([
      'XCLIENT ADDR=192.0.2.7 PORT=50000 DESTADDR=2001:db8::25 DESTPORT=995 TTL=6 CLIENT-TRANSPORT=TLS ' +
        `SESSION=AbCd+/1234 DESTNAME=mail.example.org FORWARD=${Buffer.from(
          'ssl_ja3_hash=e7d705a3286e19ea42f587b344ee6865',
        ).toString('base64')}`,
    ]);
    expect(say('+OK Updated')).toEqual(['CAPA']);
    expect(say('+OK', '.')).toEqual(['<ready ; identity taken>']);
  });

  it.each(['+OK You are not from trusted IP - ignoring', '-ERR Invalid parameters'])(
    'goes on where it was not taken: %s',
    (answer) => {
      const { say } = begin({ identity: exampleIdentity });
      say('+OK [XCLIENT] Dovecot ready.');
      expect(say(answer)).toEqual(['CAPA']);
      expect(say('+OK', '.')).toEqual(['<ready ; identity not taken>']);
    },
  );

  it('does not tell those who do not ask, nor shows their [XCLIENT] to clients', () => {
    expect(begin({ identity: exampleIdentity }).say('+OK ready')).toEqual(['CAPA']);
    const { dialogue, say } = begin();
    expect(say('+OK [XCLIENT] Dovecot ready.')).toEqual(['CAPA']);
    expect(dialogue.push(bytesOf('-ERR\r\n'))).toMatchObject([{ backend: { greeting: 'Dovecot ready.' } }]);
  });

  it.each([
    ['-ERR [SYS/TEMP] Too many connections', '<broken proxy_dest_remote_failure: [SYS/TEMP] Too many connections>'],
    ['* OK IMAP4rev1 ready', '<broken proxy_dest_protocol_failure: no reply of POP3: * OK IMAP4rev1 ready>'],
    ['+OKAY', '<broken proxy_dest_protocol_failure: no reply of POP3: +OKAY>'],
    [`+OK ${'x'.repeat(13_000)}`, '<broken proxy_dest_protocol_failure: a line that is too long>'],
  ])('breaks at %j', (line, wanted) => {
    const { dialogue, say } = begin();
    expect(say(line)).toEqual([wanted]);
    expect(dialogue.push(bytesOf('+OK\r\n'))).toEqual([]);
  });

  it('breaks at capabilities without end', () => {
    const { say } = begin();
    say('+OK');
    say('+OK', ...Array.from({ length: 64 }, (_, at) => `X-${at}`));
    expect(say('X-64')).toEqual(['<broken proxy_dest_protocol_failure: capabilities without end>']);
  });

  it('breaks where the backend speaks unasked', () => {
    expect(ready(dovecot).say('-ERR Disconnected for inactivity.')).toEqual([
      '<broken proxy_dest_remote_failure: Disconnected for inactivity.>',
    ]);
  });
});

describe('STLS', () => {
  it('comes before everything else, XCLIENT included', () => {
    const { dialogue, say } = begin({ tls: 'starttls', identity: exampleIdentity });
    expect(say('+OK [XCLIENT] Dovecot ready.')).toEqual(['STLS']);
    expect(say('+OK Begin TLS negotiation now.')).toEqual(['<start_tls>']);
    expect(told(dialogue.secured())[0]).toMatch(/^XCLIENT ADDR=192\.0\.2\.7 /);
  });

  it('breaks where it is refused', () => {
    const { say } = begin({ tls: 'starttls' });
    say('+OK');
    expect(say('-ERR Unknown command.')).toEqual([
      '<broken proxy_dest_remote_failure: STLS refused: Unknown command.>',
    ]);
  });

  it('breaks at whatever comes in clear behind the go-ahead, in whatever pieces', () => {
    for (const injected of ['+OK\r\n.\r\n', '+', '\n']) {
      for (const delivery of everyDelivery(bytesOf(`+OK\r\n+OK go\r\n${injected}`))) {
        const { dialogue } = begin({ tls: 'starttls' });
        const steps: string[] = [];
        throughReusedBuffer(delivery, (chunk) => steps.push(...told(dialogue.push(chunk))));
        expect(steps.at(-1), delivery.name).toBe('<broken proxy_dest_protocol_failure: bytes in clear behind STLS>');
        expect(dialogue.secured(), delivery.name).toEqual([]);
      }
    }
  });
});

describe('passwords', () => {
  it('are said by AUTH PLAIN in one line (RFC 5034 section 6)', () => {
    const { dialogue, say } = ready(dovecot);
    expect(told(dialogue.begin(password('test', 'test', 'test')))).toEqual(['AUTH PLAIN dGVzdAB0ZXN0AHRlc3Q=']);
    expect(say('+OK Maildrop locked and ready')).toEqual([
      '<answer succeeded: Maildrop locked and ready>',
      '+OK Maildrop locked and ready',
    ]);
  });

  it('are said behind an empty challenge where the line would pass 255 octets (RFC 5034 section 4)', () => {
    for (const [length, wanted] of [
      [176, /^AUTH PLAIN \S{240}$/],
      [180, /^AUTH PLAIN$/],
    ] as const) {
      const { dialogue, say } = ready(dovecot);
      const [line] = told(dialogue.begin(password('u', 'x'.repeat(length))));
      expect(line).toMatch(wanted);
      if (length === 180) {
        expect(say('+ ')).toEqual([Buffer.from(`\0u\0${'x'.repeat(length)}`).toString('base64')]);
        expect(say('+OK')).toEqual(['<answer succeeded: >', '+OK']);
      }
    }
  });

  it('are said by AUTH LOGIN where there is nothing else', () => {
    const { dialogue, say } = ready(['SASL LOGIN']);
    expect(told(dialogue.begin(password('u1', 'pass')))).toEqual(['AUTH LOGIN']);
    expect(say('+ VXNlcm5hbWU6')).toEqual(['dTE=']);
    expect(say('+ UGFzc3dvcmQ6')).toEqual(['cGFzcw==']);
    expect(say('-ERR [AUTH] no')).toEqual(['<answer failed: no>', '-ERR [AUTH] no']);
  });

  it('are said by USER and PASS to servers without SASL', () => {
    const { dialogue, say } = ready(null);
    expect(told(dialogue.begin(password('j\xc3\xb6rg', 'a secret ')))).toEqual(['USER j\xc3\xb6rg']);
    expect(say('+OK')).toEqual(['PASS a secret ']);
    expect(say('+OK Logged in.')).toEqual(['<answer succeeded: Logged in.>', '+OK Logged in.']);
  });

  it.each([
    ['a line end in the name', password('u\nDELE 1', 'p')],
    ['a line end in the password', password('u', 'p\r\nDELE 1')],
    ['another to act as', password('u', 'p', 'admin')],
  ])('are not said by USER and PASS with %s', (_, login) => {
    expect(told(ready(null).dialogue.begin(login))).toEqual([
      '<answer failed: USER and PASS cannot say this login>',
      '-ERR [AUTH] Authentication failed.',
    ]);
  });

  it('are not said where the backend takes none', () => {
    expect(told(ready(['SASL CRAM-MD5']).dialogue.begin(password('u', 'p')))).toEqual([
      '<answer unavailable: the backend takes no passwords on this link>',
      '-ERR [SYS/TEMP] Temporary authentication failure.',
    ]);
  });

  it('are refused at USER as well as at PASS', () => {
    const { dialogue, say } = ready(null);
    dialogue.begin(password('u', 'p'));
    expect(say('-ERR never heard of u')).toEqual(['<answer failed: never heard of u>', '-ERR never heard of u']);
  });

  it('leave nothing of themselves but in what is sent', () => {
    const { dialogue } = ready(dovecot);
    const login = password('u', 'secret');
    const [step] = dialogue.begin(login);
    if (login.credentials.kind === 'password') login.credentials.password.wipe();
    expect(step).toEqual({ step: 'send', bytes: bytesOf('AUTH PLAIN AHUAc2VjcmV0\r\n') });
  });
});

describe('other logins', () => {
  it('say APOP (RFC 1939 section 7)', () => {
    const { dialogue, say } = ready(null);
    const digest = 'c4c9334bac560ecc979e58001b3e22fb';
    const apop = (user: string) =>
      attempt({ kind: 'apop', user: bytesOf(user), digest: new Secret(bytesOf(digest)) }, 'APOP');
    expect(told(dialogue.begin(apop('mrose')))).toEqual([`APOP mrose ${digest}`]);
    expect(say('+OK maildrop has 1 message (369 octets)')[0]).toBe(
      '<answer succeeded: maildrop has 1 message (369 octets)>',
    );
    expect(told(ready(null).dialogue.begin(apop('m\nQUIT')))[0]).toBe('<answer failed: APOP cannot say this name>');
  });

  it('hand on challenges and answers (RFC 2195 section 2)', () => {
    const { dialogue, say } = ready(dovecot);
    expect(told(dialogue.begin(attempt({ kind: 'sasl', initial: null }, 'CRAM-MD5')))).toEqual(['AUTH CRAM-MD5']);
    expect(say('+ PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+')).toEqual([
      '<challenge <1896.697170952@postoffice.reston.mci.net>>',
    ]);
    expect(told(dialogue.respond(bytesOf('tim b913a602c7eda7a495b4e6e7334d3890')))).toEqual([
      'dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw',
    ]);
    expect(say('+')).toEqual(['<challenge >']);
    expect(told(dialogue.respond(new Uint8Array()))).toEqual(['']);
    expect(say('+OK')).toEqual(['<answer succeeded: >', '+OK']);
  });

  it('begin with what the client began with, in the line or behind it', () => {
    const scram = (message: string) =>
      attempt({ kind: 'sasl', initial: new Secret(bytesOf(message)) }, 'SCRAM-SHA-256');
    const short = ready(dovecot);
    expect(told(short.dialogue.begin(scram('n,,n=user,r=rOprNGfwEbeRWgbNEkqO')))).toEqual([
      'AUTH SCRAM-SHA-256 biwsbj11c2VyLHI9ck9wck5HZndFYmVSV2diTkVrcU8=',
    ]);
    expect(told(ready(dovecot).dialogue.begin(scram('')))).toEqual(['AUTH SCRAM-SHA-256 =']);
    const long = `n,,n=user,r=${'r'.repeat(300)}`;
    const { dialogue, say } = ready(dovecot);
    expect(told(dialogue.begin(scram(long)))).toEqual(['AUTH SCRAM-SHA-256']);
    expect(say('+ ')).toEqual([Buffer.from(long).toString('base64')]);
    expect(say('+ cj0=')).toEqual(['<challenge r=>']);
  });

  it('end where the backend will not wait for the client', () => {
    const { dialogue, say } = ready(dovecot);
    dialogue.begin(attempt({ kind: 'sasl', initial: null }, 'CRAM-MD5'));
    expect(say('+ PDE+', '-ERR [AUTH] too slow').at(-2)).toBe('<answer failed: too slow>');
    expect(dialogue.respond(bytesOf('late'))).toEqual([]);
  });

  it('can be given up', () => {
    const { dialogue, say } = ready(dovecot);
    dialogue.begin(attempt({ kind: 'sasl', initial: null }, 'CRAM-MD5'));
    say('+ PDE+');
    expect(told(dialogue.respond(null))).toEqual(['*']);
    expect(say('-ERR Authentication aborted by client.')[0]).toBe('<answer failed: Authentication aborted by client.>');
  });

  it.each([
    ['+ no base64', 'a challenge that is no base64'],
    ['* OK', 'no reply of POP3: * OK'],
  ])('break at %j', (line, text) => {
    const { dialogue, say } = ready(dovecot);
    dialogue.begin(attempt({ kind: 'sasl', initial: null }, 'CRAM-MD5'));
    expect(say(line)).toEqual([`<broken proxy_dest_protocol_failure: ${text}>`]);
  });

  it('break at a challenge that a password has no answer to, and at a success before the client has answered', () => {
    const plain = ready(dovecot);
    plain.dialogue.begin(password('u', 'p'));
    expect(plain.say('+ ')).toEqual(['<broken proxy_dest_protocol_failure: a challenge too many>']);
    const { dialogue, say } = ready(dovecot);
    dialogue.begin(attempt({ kind: 'sasl', initial: null }, 'CRAM-MD5'));
    expect(say('+ PDE+', '+OK').at(-1)).toBe(
      '<broken proxy_dest_protocol_failure: success before the client has answered>',
    );
  });
});

describe('the answer', () => {
  // RFC 2449 section 8.1.1, RFC 3206 sections 4 and 5.
  it.each([
    ['-ERR [AUTH] Authentication failed.', 'failed', 'Authentication failed.'],
    ['-ERR invalid password', 'failed', 'invalid password'],
    ['-ERR', 'failed', ''],
    ['-ERR [SYS/TEMP] Temporary authentication failure.', 'unavailable', 'Temporary authentication failure.'],
    ['-ERR [SYS/PERM] disabled', 'unavailable', 'disabled'],
    [
      '-ERR [IN-USE] Do you have another POP session running?',
      'unavailable',
      'Do you have another POP session running?',
    ],
    [
      '-ERR [login-delay] minimum time between mail checks violation',
      'unavailable',
      'minimum time between mail checks violation',
    ],
    ['-ERR \x1b[31mred\xff', 'failed', ' [31mred '],
  ])('%j: %s', (line, outcome, text) => {
    const { dialogue } = ready(dovecot);
    dialogue.begin(password('u', 'p'));
    expect(dialogue.push(bytesOf(`${line}\n`))).toEqual([
      { step: 'answer', outcome, reply: bytesOf(`${line}\r\n`), text },
    ]);
  });

  it('leaves the client what came behind a success, in whatever pieces', () => {
    const sent = bytesOf('+OK Logged in.\r\n+OK 1 369\r\nand binary \0\xff');
    for (const delivery of everyDelivery(sent)) {
      const { dialogue } = ready(dovecot);
      dialogue.begin(password('u', 'p'));
      const steps: string[] = [];
      let behind = ''; // what comes once the answer is there is not the dialogue's any more
      throughReusedBuffer(delivery, (chunk) => {
        if (steps.length > 0) behind += latin1(chunk);
        else steps.push(...told(dialogue.push(chunk)));
      });
      expect(steps, delivery.name).toEqual(['<answer succeeded: Logged in.>', '+OK Logged in.']);
      expect(latin1(dialogue.rest()) + behind, delivery.name).toBe('+OK 1 369\r\nand binary \0\xff');
    }
  });

  it('says goodbye in place of a login', () => {
    expect(told(ready(dovecot).dialogue.quit())).toEqual(['QUIT']);
  });
});
