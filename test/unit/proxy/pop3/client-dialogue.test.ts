import { describe, expect, it } from 'vitest';
import { pop3ClientDialogue } from '../../../../src/proxy/pop3/index.js';
import { bytesOf, clientSettings, latin1, told } from '../../../harness/login-pair.js';
import { begin, inClear } from './client.js';

const apopGreeting = 'POP3 server ready <1896.697170952@dbc.mtview.ca.us>';

describe('the greeting', () => {
  it('has our name, as Dovecot has its own', () => {
    expect(told(pop3ClientDialogue(clientSettings()).greet())).toEqual(['+OK mail.example.org ready.']);
  });

  it("is the backend's where APOP needs it (RFC 1939 section 7)", () => {
    expect(told(pop3ClientDialogue(clientSettings({ greeting: apopGreeting })).greet())).toEqual([
      `+OK ${apopGreeting}`,
    ]);
  });

  it('tells a trusted peer that it may say who its client is', () => {
    expect(told(pop3ClientDialogue(clientSettings({ trusted: true })).greet())).toEqual([
      '+OK [XCLIENT] mail.example.org ready.',
    ]);
  });
});

describe('CAPA', () => {
  const keywords = [
    'CAPA',
    'TOP',
    'UIDL',
    'RESP-CODES',
    'PIPELINING',
    'AUTH-RESP-CODE',
    'STLS',
    'USER',
    'SASL PLAIN GSSAPI',
  ];

  it("shows the backend's words and the login's own, in Dovecot's order", () => {
    expect(begin({ ...inClear, cleartext: true, keywords }).say('CAPA')).toEqual(
      '+OK|CAPA|TOP|UIDL|PIPELINING|AUTH-RESP-CODE|RESP-CODES|STLS|USER|SASL PLAIN LOGIN|.'.split('|'),
    );
  });

  it('offers no login in clear where that is forbidden, and no STLS inside TLS', () => {
    const { dialogue, say } = begin({ ...inClear, keywords: ['UIDL'] });
    expect(say('CAPA')).toEqual(['+OK', 'UIDL', 'RESP-CODES', 'STLS', '.']);
    expect(say('AUTH')).toEqual(['+OK', '.']);
    say('STLS');
    dialogue.startTls();
    dialogue.secured();
    expect(say('CAPA')).toEqual(['+OK', 'UIDL', 'RESP-CODES', 'USER', 'SASL PLAIN LOGIN', '.']);
  });

  it('leaves out what would end the list, or has to come before the login (RFC 6856)', () => {
    const odd = ['.', 'TOP\r\nUSER', 'UTF8 USER', 'LANG', 'XCLIENT', 'EXPIRE 60', 'LOGIN-DELAY 900'];
    expect(begin({ keywords: odd, mechanisms: [] }).say('capa')).toEqual(
      '+OK|EXPIRE 60|LOGIN-DELAY 900|RESP-CODES|.'.split('|'),
    );
  });

  it('lists mechanisms alone for AUTH alone, as Dovecot does', () => {
    expect(begin().say('AUTH')).toEqual(['+OK', 'PLAIN', 'LOGIN', '.']);
  });
});

describe('USER and PASS', () => {
  it('hand in a name and a password, spaces and all (RFC 1939 section 7: the rest of the line)', () => {
    const { say } = begin();
    expect(say('USER mrose')).toEqual(['+OK']);
    expect(say('PASS r a secret ')).toEqual(['<attempt PLAIN of mrose: password |mrose|r a secret >']);
  });

  it('keep every byte but those that end lines', () => {
    expect(begin().say('USER j\xc3\xb6rg', 'PASS \x01\xff\t"\\')).toEqual([
      '+OK',
      '<attempt PLAIN of jörg: password |j\xc3\xb6rg|\x01\xff\t"\\>',
    ]);
  });

  it.each(['USER a\rb', 'USER a\0b', 'PASS a\rb', 'PASS a\0b', 'APOP a\r b', 'AUTH PLAIN\0'])(
    '%j is no command',
    (line) => {
      expect(begin().say(line)).toEqual(['-ERR Invalid characters.']);
    },
  );

  it('come in this order', () => {
    const { say } = begin({ limits: { maxLine: 512, maxBadCommands: 9, maxAttempts: 3 } });
    expect(say('PASS x')).toEqual(['-ERR No username given.']);
    expect(say('USER')).toEqual(['-ERR No username given.']);
    expect(say('USER a', 'USER ', 'PASS x')).toEqual(['+OK', '-ERR No username given.', '-ERR No username given.']);
  });

  it('are refused in clear, once for both, in the words of Dovecot 2.4', () => {
    const words = '-ERR [AUTH] Cleartext authentication disallowed on non-secure (SSL/TLS) connections.';
    const { say } = begin(inClear);
    expect(say('USER u1')).toEqual([words, '<refused PLAIN of u1: cleartext_auth_disabled>']);
    expect(say('PASS secret')).toEqual([words]);
    expect(say('PASS secret')).toEqual([words, '<refused PLAIN of null: cleartext_auth_disabled>']);
  });

  it('are refused where passwords are not offered', () => {
    expect(begin({ mechanisms: ['SCRAM-SHA-256'] }).say('USER u1')).toEqual([
      '-ERR [AUTH] Unsupported authentication mechanism.',
      '<refused PLAIN of u1: invalid_mech>',
    ]);
  });
});

describe('APOP', () => {
  // RFC 1939 section 7, the example.
  const line = 'APOP mrose c4c9334bac560ecc979e58001b3e22fb';

  it('hands in a name and a digest', () => {
    expect(begin({ greeting: apopGreeting }).say(line)).toEqual([
      '<attempt APOP of mrose: apop mrose|c4c9334bac560ecc979e58001b3e22fb>',
    ]);
  });

  it('is not there without a timestamp of the backend', () => {
    expect(begin().say(line)).toEqual(['-ERR APOP not enabled.']);
    expect(begin({ greeting: 'Dovecot ready.' }).say(line)).toEqual(['-ERR APOP not enabled.']);
  });

  it.each(['APOP mrose', 'APOP mrose c4c9', `${line}0`, 'APOP  c4c9334bac560ecc979e58001b3e22fb'])(
    'refuses %j',
    (wrong) => {
      expect(begin({ greeting: apopGreeting }).say(wrong)).toEqual(['-ERR Invalid parameters.']);
    },
  );

  it('waits for TLS as every login does', () => {
    expect(begin({ ...inClear, greeting: apopGreeting }).say(line)[1]).toBe(
      '<refused APOP of mrose: cleartext_auth_disabled>',
    );
  });
});

describe('AUTH', () => {
  it('takes an initial response (RFC 5034 section 6, the example with PLAIN)', () => {
    // dGVzdAB0ZXN0AHRlc3Q= is test NUL test NUL test.
    expect(begin().say('AUTH PLAIN dGVzdAB0ZXN0AHRlc3Q=')).toEqual([
      '<attempt PLAIN of test: password test|test|test>',
    ]);
  });

  it('asks for it where there is none, with an empty challenge (RFC 5034 section 6)', () => {
    const { say } = begin();
    expect(say('AUTH PLAIN')).toEqual(['+ ']);
    expect(say('dGVzdAB0ZXN0AHRlc3Q=')).toEqual(['<attempt PLAIN of test: password test|test|test>']);
  });

  it('asks LOGIN for name and password', () => {
    const { say } = begin();
    expect(say('auth login')).toEqual(['+ VXNlcm5hbWU6']);
    expect(say('dTE=')).toEqual(['+ UGFzc3dvcmQ6']);
    expect(say('cGFzcw==')).toEqual(['<attempt LOGIN of u1: password |u1|pass>']);
  });

  it('can be given up, is refused without base64, and for what is not offered, each once', () => {
    const { say } = begin({ limits: { maxLine: 512, maxBadCommands: 3, maxAttempts: 9 } });
    expect(say('AUTH PLAIN', '*').slice(1)).toEqual([
      '-ERR Authentication aborted by client.',
      '<refused PLAIN of null: auth_aborted_by_client>',
    ]);
    const noBase64 = ['-ERR [AUTH] Invalid base64 data in response.', '<refused PLAIN of null: invalid_base64>'];
    expect(say('AUTH PLAIN ?')).toEqual(noBase64);
    expect(say('AUTH PLAIN', 'dGVzdA').slice(1)).toEqual(noBase64);
    expect(say('AUTH PLAIN dGVzdA== dGVzdA==')).toEqual(noBase64);
    const notOffered = ['-ERR [AUTH] Unsupported authentication mechanism.', '<refused null of null: invalid_mech>'];
    expect(say('AUTH CRAM-MD5')).toEqual(notOffered);
    expect(say('AUTH <script>')).toEqual(notOffered);
    expect(say('AUTH PLAIN =')).toEqual(['-ERR [AUTH] Authentication failed.', '<refused PLAIN of null: auth_failed>']);
  });

  it('is refused in clear', () => {
    expect(begin(inClear).say('AUTH PLAIN dGVzdAB0ZXN0AHRlc3Q=')).toEqual([
      '-ERR [AUTH] Cleartext authentication disallowed on non-secure (SSL/TLS) connections.',
      '<refused PLAIN of null: cleartext_auth_disabled>',
    ]);
  });

  it("shows the backend's challenges, and hands on the answers", () => {
    const { dialogue, say } = begin({ mechanisms: ['CRAM-MD5'] });
    expect(say('AUTH CRAM-MD5')).toEqual(['<attempt CRAM-MD5 of null: sasl no initial response>']);
    // RFC 2195 section 2.
    const challenge = '<1896.697170952@postoffice.reston.mci.net>';
    expect(told(dialogue.challenge(bytesOf(challenge)))).toEqual([
      '+ PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+',
    ]);
    expect(say('dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw')).toEqual([
      '<response tim b913a602c7eda7a495b4e6e7334d3890>',
    ]);
    expect(told(dialogue.challenge(new Uint8Array()))).toEqual(['+ ']);
    expect(say('')).toEqual(['<response >']);
    expect(told(dialogue.challenge(new Uint8Array()))).toEqual(['+ ']);
    expect(say('no base64')).toEqual(['<response given up>']);
    expect(told(dialogue.finish('failed', bytesOf('-ERR Authentication aborted by client.\r\n')))).toEqual([
      '-ERR Authentication aborted by client.',
    ]);
  });
});

describe('the end of an attempt', () => {
  it("is said in the backend's words, and what came behind a success is left for it", () => {
    const { dialogue, say } = begin();
    expect(say('USER u1', 'PASS pass', 'STAT', 'RETR 1')).toEqual(['+OK', '<attempt PLAIN of u1: password |u1|pass>']);
    expect(told(dialogue.push(bytesOf('QUI')))).toEqual([]);
    expect(told(dialogue.finish('succeeded', bytesOf('+OK Logged in.\r\n')))).toEqual(['+OK Logged in.']);
    expect(latin1(dialogue.rest())).toBe('STAT\r\nRETR 1\r\nQUI');
  });

  it('goes on with what came behind a failure', () => {
    const { dialogue, say } = begin();
    say('USER u1', 'PASS wrong', 'USER u2', 'PASS right', 'CAPA');
    expect(told(dialogue.finish('failed', bytesOf('-ERR [AUTH] Authentication failed.\r\n')))).toEqual([
      '-ERR [AUTH] Authentication failed.',
      '+OK',
      '<attempt PLAIN of u2: password |u2|right>',
    ]);
  });

  it('has words of its own where no backend said any (RFC 3206)', () => {
    const { dialogue, say } = begin();
    say('USER u1', 'PASS x');
    expect(told(dialogue.finish('unavailable', null))).toEqual(['-ERR [SYS/TEMP] Temporary authentication failure.']);
    say('USER u1', 'PASS x');
    expect(told(dialogue.finish('failed', null))).toEqual(['-ERR [AUTH] Authentication failed.']);
    say('USER u1', 'PASS x');
    expect(told(dialogue.finish('failed', null, 'No\r\n+OK you')).slice(0, 1)).toEqual(['-ERR [AUTH] No +OK you']);
  });

  it('closes after as many attempts as there may be', () => {
    const { dialogue, say } = begin();
    say('USER u1', 'PASS x');
    dialogue.finish('unavailable', null);
    say('AUTH NONE', 'USER u1', 'PASS x');
    dialogue.finish('failed', null);
    say('USER u1', 'PASS x');
    expect(told(dialogue.finish('failed', null))).toEqual([
      '-ERR [AUTH] Authentication failed.',
      '<close auth_failed>',
    ]);
    expect(say('USER u1')).toEqual([]);
  });
});

describe('XCLIENT', () => {
  const xclient =
    'XCLIENT ADDR=192.0.2.7 PORT=4000 DESTADDR=2001:DB8::0:1 DESTPORT=995 SESSION=S1 TTL=6 CLIENT-TRANSPORT=TLS';

  it('is believed from trusted peers', () => {
    const { dialogue } = begin({ trusted: true });
    // base64 of ssl_ja3_hash=abc TAB x=y
    const steps = dialogue.push(
      bytesOf(`${xclient} DESTNAME=mail.example.org FORWARD=c3NsX2phM19oYXNoPWFiYwl4PXk=\r\n`),
    );
    expect(steps[0]).toEqual({
      step: 'claim',
      identity: {
        remote: { ip: '192.0.2.7', port: 4000 },
        local: { ip: '2001:db8::1', port: 995 },
        session: 'S1',
        ttl: 6,
        tls: true,
        serverName: 'mail.example.org',
        forward: [
          ['ssl_ja3_hash', 'abc'],
          ['x', 'y'],
        ],
      },
    });
    expect(told(steps.slice(1))).toEqual(['+OK Updated']);
  });

  it('has an older form', () => {
    expect(begin({ trusted: true }).dialogue.push(bytesOf('XOIP 2001:db8::7\r\n'))[0]).toMatchObject({
      step: 'claim',
      identity: { remote: { ip: '2001:db8::7', port: 0 }, local: null },
    });
  });

  it('has no effect from others, and the answer a Dovecot gives', () => {
    const { say } = begin();
    for (const line of [xclient, 'XOIP 192.0.2.7', 'XCLIENT nonsense']) {
      expect(say(line)).toEqual(['+OK You are not from trusted IP - ignoring']);
    }
  });

  it('is refused with a value that is none', () => {
    expect(begin({ trusted: true }).say('XCLIENT ADDR=mail')).toEqual(['-ERR Invalid parameters']);
  });
});
