import { describe, expect, it } from 'vitest';
import type { ClientDialogue, ClientDialogueSettings } from '../../../../src/proxy/dialogue.js';
import { smtpClientDialogue } from '../../../../src/proxy/smtp/index.js';
import { everyDelivery, throughReusedBuffer } from '../../../harness/every-cut.js';
import { base64, bytes, clientSettings, latin1, shown } from './dialogue.js';

const TIM = 'AHRpbQB0YW5zdGFhZnRhbnN0YWFm'; // RFC 4616 section 4
const TIM_SHOWN = '(attempt PLAIN tim: "" "tim" "tanstaaftanstaaf")';

/** A dialogue that has greeted, and what it says to lines. */
function started(changes: Partial<ClientDialogueSettings> = {}, loginOptional = false) {
  const dialogue = smtpClientDialogue(clientSettings(changes), loginOptional);
  dialogue.greet();
  return {
    dialogue,
    say: (...lines: string[]) => shown(dialogue.push(bytes(lines.map((line) => `${line}\r\n`).join('')))),
  };
}

const inClear = { secured: false } as const;

describe('a client', () => {
  it('is greeted', () => {
    expect(shown(smtpClientDialogue(clientSettings()).greet())).toEqual(['220 mail.example.org ESMTP ready']);
  });

  it('hears what the backend offers, and the logins there are here', () => {
    const { say } = started({
      keywords: [
        'PIPELINING',
        'SIZE 10240000',
        'AUTH GSSAPI',
        'AUTH=GSSAPI',
        'STARTTLS',
        'XCLIENT ADDR',
        'XFORWARD NAME',
        'no keyword\r\n',
      ],
    });
    expect(say('EHLO client.example.com')).toEqual([
      '(helo client.example.com)',
      '250-mail.example.org',
      '250-PIPELINING',
      '250-SIZE 10240000',
      '250 AUTH PLAIN LOGIN XOAUTH2 SCRAM-SHA-256 CRAM-MD5',
    ]);
  });

  it('hears of TLS first where logins need it', () => {
    const { say } = started(inClear);
    expect(say('ehlo [192.0.2.7]')).toEqual([
      '(helo [192.0.2.7])',
      '250-mail.example.org',
      '250-PIPELINING',
      '250-SIZE 10240000',
      '250-8BITMIME',
      '250 STARTTLS',
    ]);
  });

  it('hears of both where they do not', () => {
    const { say } = started({ secured: false, cleartext: true, keywords: [] });
    expect(say('EHLO a').slice(-2)).toEqual(['250-STARTTLS', '250 AUTH PLAIN LOGIN XOAUTH2 SCRAM-SHA-256 CRAM-MD5']);
  });

  it('may say HELO, and gets one line', () => {
    expect(started().say('HELO client.example.com')).toEqual(['(helo client.example.com)', '250 mail.example.org']);
  });

  it.each(['a b', 'a\xff', '<script>', `${'a'.repeat(256)}`, '[', '.'])('is not told of by the name %j', (name) => {
    expect(started({ keywords: [], mechanisms: [] }).say(`EHLO ${name}`)).toEqual(['250 mail.example.org']);
  });

  it('may do what has no effect', () => {
    expect(started().say('NOOP', 'noop whatever', 'RSET', 'HELP', 'QUIT', 'NOOP')).toEqual([
      '250 2.0.0 OK',
      '250 2.0.0 OK',
      '250 2.0.0 OK',
      '214 2.0.0 See RFC 5321 and RFC 4954',
      '221 2.0.0 Bye',
      '(close logged_out)',
    ]);
  });

  it('is told what it did wrong, and sent away in the end', () => {
    expect(started().say('EHLO', 'LHLO a', 'FOO', ' EHLO a', 'EHLO a\0b', 'NOOP')).toEqual([
      '501 5.5.4 EHLO needs a name',
      '500 5.5.1 Unknown command',
      '500 5.5.1 Unknown command',
      '500 5.5.2 Syntax error',
      '500 5.5.2 Syntax error',
      '421 4.7.0 mail.example.org Too many invalid commands, closing the connection',
      '(close too_many_bad_commands)',
    ]);
  });

  it.each(['POST / HTTP/1.1', 'GET /', 'CONNECT a:25 HTTP/1.1'])(
    'is sent away at once with %j: its body would be read as commands',
    (line) => {
      expect(started().say(line, `AUTH PLAIN ${TIM}`).at(-1)).toBe('(close too_many_bad_commands)');
    },
  );

  it('is sent away with a line that does not end', () => {
    const { dialogue } = started({ limits: { maxLine: 100, maxBadCommands: 3, maxAttempts: 3 } });
    expect(dialogue.push(bytes('A'.repeat(100)))).toEqual([]);
    expect(shown(dialogue.push(bytes('AA')))).toEqual([
      '421 4.7.0 mail.example.org Input buffer full, closing the connection',
      '(close input_buffer_full)',
    ]);
    expect(dialogue.push(bytes('\r\nNOOP\r\n'))).toEqual([]);
  });
});

describe('AUTH', () => {
  // RFC 4954 section 4.1.
  it('with an initial response', () => {
    const { dialogue, say } = started();
    expect(say('EHLO a', 'AUTH PLAIN dGVzdAB0ZXN0ADEyMzQ=').at(-1)).toBe('(attempt PLAIN test: "test" "test" "1234")');
    expect(shown(dialogue.finish('succeeded', bytes('235 2.7.0 Authentication successful\r\n')))).toEqual([
      '235 2.7.0 Authentication successful',
    ]);
  });

  it('without one: the challenge is empty', () => {
    const { say } = started();
    expect(say('EHLO a', 'AUTH PLAIN').at(-1)).toBe('334 ');
    expect(say('dGVzdAB0ZXN0ADEyMzQ=')).toEqual(['(attempt PLAIN test: "test" "test" "1234")']);
  });

  // RFC 4954 section 4.2.
  it('with the challenge of the backend', () => {
    const { dialogue, say } = started();
    expect(say('EHLO a', 'AUTH CRAM-MD5').at(-1)).toBe('(attempt CRAM-MD5 null: none)');
    const challenge = Buffer.from('PDQxOTI5NDIzNDEuMTI4Mjg0NzJAc291cmNlZm91ci5hbmRyZXcuY211LmVkdT4=', 'base64');
    expect(shown(dialogue.challenge(challenge))).toEqual([
      '334 PDQxOTI5NDIzNDEuMTI4Mjg0NzJAc291cmNlZm91ci5hbmRyZXcuY211LmVkdT4=',
    ]);
    expect(say('cmpzMyBlYzNhNTlmZWQzOTVhYmExZWM2MzY3YzRmNGI0MWFjMA==')).toEqual([
      '(response "rjs3 ec3a59fed395aba1ec6367c4f4b41ac0")',
    ]);
    expect(shown(dialogue.finish('succeeded', null))).toEqual(['235 2.7.0 Authentication succeeded']);
  });

  it('asks for what LOGIN needs', () => {
    const { say } = started();
    expect(say('EHLO a', 'AUTH LOGIN').at(-1)).toBe('334 VXNlcm5hbWU6');
    expect(say(base64('tim'))).toEqual(['334 UGFzc3dvcmQ6']);
    expect(say(base64('secret'))).toEqual(['(attempt LOGIN tim: "" "tim" "secret")']);
  });

  it('takes a trailing space, and line ends without CR', () => {
    const { dialogue } = started();
    dialogue.push(bytes('EHLO a \n'));
    expect(shown(dialogue.push(bytes(`auth  plain  ${TIM} \n`)))).toEqual([TIM_SHOWN]);
  });

  it.each([
    [
      'a mechanism that is not offered',
      'AUTH GSSAPI',
      '504 5.5.4 Unsupported authentication mechanism',
      'null null invalid_mech',
    ],
    ['base64 that is none', 'AUTH PLAIN AHRpbQ', '501 5.5.2 Invalid base64 data', 'PLAIN null invalid_base64'],
    [
      'an initial response where the server begins',
      'AUTH CRAM-MD5 =',
      '501 5.5.2 Malformed authentication data',
      'CRAM-MD5 null auth_failed',
    ],
  ])('refuses %s', (_, line, answer, refused) => {
    expect(started().say('EHLO a', line).slice(-2)).toEqual([answer, `(refused ${refused})`]);
  });

  it('ends with *', () => {
    const { say } = started();
    say('EHLO a', 'AUTH LOGIN');
    say(base64('tim'));
    expect(say('*', 'NOOP')).toEqual([
      '501 5.7.0 Authentication aborted by client',
      '(refused LOGIN tim auth_aborted_by_client)',
      '250 2.0.0 OK',
    ]);
  });

  it.each(['*', 'no base64'])('lets the backend end its exchange with %j', (line) => {
    const { dialogue, say } = started();
    say('EHLO a', 'AUTH CRAM-MD5');
    dialogue.challenge(bytes('<1@a>'));
    expect(say(line)).toEqual(['(response none)']);
    expect(shown(dialogue.finish('failed', bytes('501 5.7.0 Authentication aborted by client.\r\n')))).toEqual([
      '501 5.7.0 Authentication aborted by client.',
    ]);
    expect(say('NOOP')).toEqual(['250 2.0.0 OK']);
  });

  it.each([
    ['before EHLO', [], `AUTH PLAIN ${TIM}`, '503 5.5.1 Say EHLO first'],
    ['after HELO, which offers none', ['HELO a'], `AUTH PLAIN ${TIM}`, '503 5.5.1 Say EHLO first'],
    ['without a mechanism', ['EHLO a'], 'AUTH', '501 5.5.4 AUTH needs a mechanism, and an initial response at most'],
    [
      'with too much',
      ['EHLO a'],
      'AUTH PLAIN = =',
      '501 5.5.4 AUTH needs a mechanism, and an initial response at most',
    ],
  ])('is an error %s', (_, before, line, answer) => {
    const { say } = started();
    if (before.length > 0) say(...before);
    expect(say(line)).toEqual([answer]);
  });

  it('needs TLS where it must not be in clear', () => {
    expect(started(inClear).say('EHLO a', `AUTH PLAIN ${TIM}`).slice(-2)).toEqual([
      '523 5.7.10 Cleartext authentication disallowed on non-secure (SSL/TLS) connections.',
      '(refused PLAIN null cleartext_auth_disabled)',
    ]);
  });

  it('is not there in front of TLS that is passed through', () => {
    const { say } = started({ secured: false, mechanisms: [] });
    expect(say('EHLO a', `AUTH PLAIN ${TIM}`).at(-1)).toBe('530 5.7.0 Must issue a STARTTLS command first');
    expect(started({ mechanisms: [] }).say('EHLO a', 'AUTH PLAIN').at(-1)).toBe(
      '503 5.5.1 Authentication is not offered',
    );
  });

  it('is tried so often and no more', () => {
    const { dialogue, say } = started();
    say('EHLO a');
    for (const _ of [1, 2]) {
      say(`AUTH PLAIN ${TIM}`);
      expect(shown(dialogue.finish('failed', null))).toEqual(['535 5.7.8 Authentication credentials invalid']);
    }
    say(`AUTH PLAIN ${TIM}`);
    expect(shown(dialogue.finish('failed', bytes('535-5.7.8 No\r\n535 5.7.8 and no\r\n')))).toEqual([
      '535-5.7.8 No',
      '535 5.7.8 and no',
      '421 4.7.0 mail.example.org Too many failed logins, closing the connection',
      '(close auth_failed)',
    ]);
  });

  it('may be tried again when the backend was away', () => {
    const { dialogue, say } = started({ limits: { maxLine: 8192, maxBadCommands: 3, maxAttempts: 1 } });
    say('EHLO a', `AUTH PLAIN ${TIM}`);
    expect(shown(dialogue.finish('unavailable', null))).toEqual(['454 4.7.0 Temporary authentication failure']);
    expect(say(`AUTH PLAIN ${TIM}`)).toEqual([TIM_SHOWN]);
    expect(shown(dialogue.finish('unavailable', null, 'back\r\n235 at seven'))).toEqual([
      '454 4.7.0 back 235 at seven',
    ]);
  });

  it('ends the connection where the backend ends its own', () => {
    const { dialogue, say } = started();
    say('EHLO a', `AUTH PLAIN ${TIM}`);
    expect(shown(dialogue.finish('unavailable', bytes('421 4.3.2 Going down\r\n')))).toEqual([
      '421 4.3.2 Going down',
      '(close temp_fail)',
    ]);
  });
});

describe('what a client sends ahead', () => {
  it('is the backend\u2019s after the login, as it came', () => {
    const { dialogue } = started();
    const ahead = 'MAIL FROM:<a@example.org>\nRCPT TO:<b@example.org>\r\nDATA\r\n\0\xff half a li';
    expect(shown(dialogue.push(bytes(`EHLO a\r\nAUTH PLAIN ${TIM}\r\n${ahead}`))).at(-1)).toBe(TIM_SHOWN);
    expect(dialogue.push(bytes('ne'))).toEqual([]);
    dialogue.finish('succeeded', null);
    expect(latin1(dialogue.rest())).toBe(`${ahead}ne`);
  });

  it('is heard by us after a failed one', () => {
    const { dialogue } = started();
    dialogue.push(bytes(`EHLO a\r\nAUTH PLAIN ${TIM}\r\nNOOP\r\nAUTH PLAIN ${TIM}\r\nNOOP\r\n`));
    expect(shown(dialogue.finish('failed', null))).toEqual([
      '535 5.7.8 Authentication credentials invalid',
      '250 2.0.0 OK',
      TIM_SHOWN,
    ]);
  });

  it('is bounded', () => {
    const { dialogue } = started({ limits: { maxLine: 200, maxBadCommands: 3, maxAttempts: 3 } });
    dialogue.push(bytes(`EHLO a\r\nAUTH PLAIN ${TIM}\r\n`));
    expect(dialogue.push(bytes('a\n'.repeat(200)))).toEqual([]);
    expect(shown(dialogue.push(bytes('a'))).at(-1)).toBe('(close input_buffer_full)');
    expect(dialogue.finish('succeeded', null)).toEqual([]);
    expect(dialogue.rest()).toHaveLength(0);
  });
});

describe('STARTTLS', () => {
  it('is agreed to when TLS can begin, and everything is forgotten', () => {
    const { dialogue, say } = started(inClear);
    expect(say('EHLO a', 'STARTTLS').at(-1)).toBe('(start_tls)');
    expect(shown(dialogue.startTls())).toEqual(['220 2.0.0 Ready to start TLS']);
    expect(dialogue.secured()).toEqual([]);
    // RFC 3207 section 4.2.
    expect(say(`AUTH PLAIN ${TIM}`)).toEqual(['503 5.5.1 Say EHLO first']);
    expect(say('EHLO b', 'STARTTLS')).toEqual([
      '(helo b)',
      '250-mail.example.org',
      '250-PIPELINING',
      '250-SIZE 10240000',
      '250-8BITMIME',
      '250 AUTH PLAIN LOGIN XOAUTH2 SCRAM-SHA-256 CRAM-MD5',
      '503 5.5.1 STARTTLS is not offered',
    ]);
  });

  it('may be refused, and the dialogue goes on in clear', () => {
    const { dialogue, say } = started(inClear);
    say('STARTTLS');
    expect(shown(dialogue.refuseTls())).toEqual(['454 4.7.0 TLS not available due to temporary reason']);
    expect(say('NOOP')).toEqual(['250 2.0.0 OK']);
  });

  it('hears nothing either of what came in clear behind one that was refused', () => {
    const { dialogue, say } = started(inClear);
    dialogue.push(bytes('STARTTLS\r\nRSET\r\nHE'));
    dialogue.push(bytes('LP\r\nFO'));
    dialogue.refuseTls();
    expect(say('NOOP')).toEqual(['250 2.0.0 OK']);
  });

  it.each([
    ['where it is not offered', { secured: false, starttls: false }, 'STARTTLS', '503 5.5.1 STARTTLS is not offered'],
    ['with parameters', inClear, 'STARTTLS now', '501 5.5.4 STARTTLS has no parameters'],
  ])('is an error %s', (_, changes, line, answer) => {
    expect(started(changes).say(line)).toEqual([answer]);
  });

  const inside = (dialogue: ClientDialogue) => {
    dialogue.startTls();
    dialogue.push(bytes('NOOP\r\nEHLO ev'));
    dialogue.secured();
    return shown(dialogue.push(bytes('EHLO b\r\nNOOP\r\n')));
  };
  const clean = inside(
    (() => {
      const { dialogue, say } = started(inClear);
      say('STARTTLS');
      return dialogue;
    })(),
  );

  it.each(['NOOP\r\n', 'EHLO evil\r\nRSET', 'MAIL FROM:<', '\r', '\n', ' ', 'A'.repeat(60)])(
    'takes nothing of %j in clear behind it into TLS, whichever way it comes',
    (injected) => {
      for (const delivery of everyDelivery(bytes(`EHLO a\r\nSTARTTLS\r\n${injected}`))) {
        const { dialogue } = started(inClear);
        throughReusedBuffer(delivery, (chunk) => dialogue.push(chunk));
        expect(inside(dialogue), delivery.name).toEqual(clean);
      }
    },
  );
});

describe('mail before a login', () => {
  it.each(['MAIL FROM:<a@example.org>', 'RCPT TO:<b@example.org>', 'DATA', 'VRFY root', 'EXPN all', 'ETRN a'])(
    'is refused on submission: %s',
    (line) => {
      expect(started().say('EHLO a', line).at(-1)).toBe('530 5.7.0 Authentication required');
      expect(started(inClear).say('EHLO a', line).at(-1)).toBe('530 5.7.0 Must issue a STARTTLS command first');
    },
  );

  it('ends with BDAT: what follows it is no command', () => {
    expect(started().say('EHLO a', 'BDAT 30', `AUTH PLAIN ${TIM}`).slice(-3)).toEqual([
      '530 5.7.0 Authentication required',
      '421 4.7.0 mail.example.org Too many invalid commands, closing the connection',
      '(close too_many_bad_commands)',
    ]);
  });

  it('goes to the backend where a login is optional', () => {
    const { dialogue, say } = started(inClear, true);
    expect(say('EHLO a', 'mail FROM:<a@example.org>  ', 'RCPT TO:<b@example.org>').at(-1)).toBe('(proceed)');
    expect(dialogue.finish('succeeded', null)).toEqual([]);
    expect(latin1(dialogue.rest())).toBe('mail FROM:<a@example.org>  \r\nRCPT TO:<b@example.org>\r\n');
  });

  it('hears of it where there is no backend', () => {
    const { dialogue, say } = started({}, true);
    say('HELO a', 'MAIL FROM:<a@example.org>', 'NOOP');
    expect(shown(dialogue.finish('unavailable', null))).toEqual([
      '451 4.3.2 Temporary failure, try again later',
      '250 2.0.0 OK',
    ]);
    expect(say(`AUTH PLAIN ${TIM}`, 'EHLO a', `AUTH PLAIN ${TIM}`).at(-1)).toBe(TIM_SHOWN);
    expect(shown(dialogue.finish('succeeded', null))).toEqual(['235 2.7.0 Authentication succeeded']);
    expect(dialogue.rest()).toHaveLength(0);
  });

  it.each([
    ['MAIL before EHLO', [], 'MAIL FROM:<a@example.org>', '503 5.5.1 Say EHLO first'],
    ['RCPT before MAIL', ['EHLO a'], 'RCPT TO:<a@example.org>', '503 5.5.1 MAIL comes first'],
    ['VRFY', ['EHLO a'], 'VRFY root', '502 5.5.1 Not available'],
    ['a NUL', ['EHLO a'], 'MAIL FROM:<a@example.org>\0', '500 5.5.2 Syntax error'],
    ['a bare CR', ['EHLO a'], 'MAIL FROM:<a@example.org>\rXCLIENT LOGIN=root', '500 5.5.2 Syntax error'],
  ])('is refused there too: %s', (_, before, line, answer) => {
    expect(
      started({}, true)
        .say(...before, line)
        .at(-1),
    ).toBe(answer);
  });
});

describe('XCLIENT', () => {
  const trusted = { trusted: true, keywords: [], mechanisms: ['PLAIN'] } as const;
  const claimed = (steps: string[]) => {
    const claim = steps.find((step) => step.startsWith('(claim '));
    return claim === undefined ? null : JSON.parse(claim.slice('(claim '.length, -1));
  };
  const nothing = {
    remote: null,
    local: null,
    session: null,
    ttl: null,
    tls: null,
    serverName: null,
    forward: [],
  };

  it('is for those that may', () => {
    const { say } = started();
    expect(say('EHLO a').join()).not.toContain('XCLIENT');
    expect(say('XCLIENT ADDR=192.0.2.7')).toEqual(['550 5.7.14 You are not from trusted IP.']);
  });

  it('begins the session anew, as XCLIENT_README shows', () => {
    const { say } = started(trusted);
    expect(say('EHLO client.example.com').at(-1)).toMatch(/^250 XCLIENT .*\bADDR\b/);
    const steps = say('XCLIENT NAME=spike.porcupine.org ADDR=168.100.189.2');
    expect(claimed(steps)).toEqual({ ...nothing, remote: { ip: '168.100.189.2', port: 0 } });
    expect(steps.at(-1)).toBe('220 mail.example.org ESMTP ready');
    expect(say(`AUTH PLAIN ${TIM}`)).toEqual(['503 5.5.1 Say EHLO first']);
  });

  it('tells all there is, in one command or several', () => {
    // What a Dovecot sends: base64 padding as xtext.
    const whole =
      'XCLIENT ADDR=IPV6:2001:DB8:0::7 PORT=4711 DESTADDR=192.0.2.1 DESTPORT=587 SESSION=abcDEF+2B/12+3D TTL=6 CLIENT-TRANSPORT=TLS DESTNAME=mail.example.org PROTO=ESMTP HELO=a LOGIN=root FORWARD=YT1iCWM9ZA+3D+3D';
    const wanted = {
      remote: { ip: '2001:db8::7', port: 4711 },
      local: { ip: '192.0.2.1', port: 587 },
      session: 'abcDEF+/12=',
      ttl: 6,
      tls: true,
      serverName: 'mail.example.org',
      forward: [
        ['a', 'b'],
        ['c', 'd'],
      ],
    };
    expect(claimed(started(trusted).say(whole))).toEqual(wanted);
    const { say } = started(trusted);
    const [, ...attributes] = whole.split(' ');
    for (const attribute of attributes.slice(0, -1)) say(`XCLIENT ${attribute}`);
    expect(claimed(say(`xclient ${attributes.at(-1)}`))).toEqual(wanted);
  });

  it('may say that something is not known', () => {
    expect(claimed(started(trusted).say('XCLIENT ADDR=[UNAVAILABLE] PORT=[UNAVAILABLE] NAME=[TEMPUNAVAIL]'))).toEqual(
      nothing,
    );
  });

  it.each([
    '',
    'ADDR',
    'ADDR=localhost',
    'ADDR=IPV6:192.0.2.7',
    'ADDR=192.0.2.7 PORT=65536',
    'PORT=-1',
    'TTL=x',
    'SESSION=',
    `SESSION=${'a'.repeat(65)}`,
    'SESSION=a+20b',
    'SESSION=a+2',
    'CLIENT-TRANSPORT=maybe',
    'DESTNAME=a/b',
    'FORWARD=YQ',
    'FOO=bar',
  ])('is refused with %j, and then tells nothing', (attributes) => {
    const { say } = started(trusted);
    expect(say(`XCLIENT ${attributes}`)).toEqual(['501 5.5.4 Bad XCLIENT parameters']);
    expect(claimed(say('XCLIENT TTL=5'))).toEqual({ ...nothing, ttl: 5 });
  });
});

describe('the end', () => {
  it('may come from outside, with a goodbye', () => {
    const { dialogue, say } = started();
    expect(shown(dialogue.close('shutting_down'))).toEqual([
      '421 4.3.2 mail.example.org Shutting down, closing the connection',
      '(close shutting_down)',
    ]);
    expect(dialogue.close('login_timeout')).toEqual([]);
    expect(say('NOOP')).toEqual([]);
  });

  it('may come in place of a greeting', () => {
    expect(shown(smtpClientDialogue(clientSettings()).close('connection_limit'))).toEqual([
      '421 4.7.0 mail.example.org Too many connections, closing the connection',
      '(close connection_limit)',
    ]);
  });
});

it('what is said does not depend on how bytes come', () => {
  const script = `EHLO client.example.com\r\nNOOP\nFOO\r\nAUTH LOGIN\r\n${base64('tim')}\r\n*\r\nAUTH PLAIN ${TIM}\r\nMAIL FROM:<a@example.org>\r\n`;
  const run = (feed: (dialogue: ClientDialogue) => readonly string[]) => {
    const { dialogue } = started();
    const steps = [...feed(dialogue)];
    return [...steps, ...shown(dialogue.finish('succeeded', null)), latin1(dialogue.rest())];
  };
  const whole = run((dialogue) => shown(dialogue.push(bytes(script))));
  expect(whole).toContain(TIM_SHOWN);
  for (const delivery of everyDelivery(bytes(script))) {
    const pieces = run((dialogue) => {
      const steps: string[] = [];
      throughReusedBuffer(delivery, (chunk) => steps.push(...shown(dialogue.push(chunk))));
      return steps;
    });
    expect(pieces, delivery.name).toEqual(whole);
  }
});
