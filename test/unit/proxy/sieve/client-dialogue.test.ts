import { describe, expect, it } from 'vitest';
import type { ClientDialogueSettings } from '../../../../src/proxy/dialogue.js';
import { sieveClientDialogue } from '../../../../src/proxy/sieve/index.js';
import { everyDelivery, throughReusedBuffer } from '../../../harness/every-cut.js';
import { bytesOf, clientSettings, latin1, told } from '../../../harness/login-pair.js';

function begin(settings: Partial<ClientDialogueSettings> = {}) {
  const dialogue = sieveClientDialogue(clientSettings(settings));
  dialogue.greet();
  return { dialogue, say: (...lines: string[]) => told(dialogue.push(bytesOf(`${lines.join('\r\n')}\r\n`))) };
}

const inClear = { secured: false, starttls: true } as const;
const WRONG = 'NO "Error in MANAGESIEVE command received by server."';

// As Debian's Pigeonhole shows them, the list of extensions cut short.
const keywords = [
  '"IMPLEMENTATION" "Dovecot (Debian) Pigeonhole"',
  '"SIEVE" "fileinto reject envelope"',
  '"NOTIFY" "mailto"',
  '"VERSION" "1.0"',
];

describe('the greeting', () => {
  it('is the list of capabilities (RFC 5804 section 1.5)', () => {
    expect(told(sieveClientDialogue(clientSettings({ keywords })).greet())).toEqual([
      ...keywords,
      '"SASL" "PLAIN LOGIN"',
      'OK "mail.example.org ready."',
    ]);
  });

  it('offers TLS and no login in clear, and XCLIENT to those it trusts', () => {
    const settings = clientSettings({ ...inClear, keywords, trusted: true });
    expect(told(sieveClientDialogue(settings).greet())).toEqual([
      ...keywords,
      '"SASL" ""',
      '"STARTTLS"',
      '"XCLIENT"',
      'OK "mail.example.org ready."',
    ]);
  });

  it('has what a server must show (RFC 5804 section 1.7) and leaves out what is about the login, or no capability', () => {
    const odd = [
      '"SASL" "GSSAPI"',
      '"starttls"',
      '"UNAUTHENTICATE"',
      '"XCLIENT"',
      'OK "in"',
      '"A" "B" "C"',
      '"A',
      '"A"\r\n"SASL"',
      '',
    ];
    expect(begin({ keywords: [...odd, '"MAXREDIRECTS" "4"'] }).say('CAPABILITY')).toEqual([
      '"IMPLEMENTATION" "ja3-sensor"',
      '"SIEVE" ""',
      '"VERSION" "1.0"',
      '"MAXREDIRECTS" "4"',
      '"SASL" "PLAIN LOGIN"',
      'OK "Capability completed."',
    ]);
  });
});

describe('AUTHENTICATE', () => {
  // RFC 4616 section 2: NUL u1 NUL pass.
  const response = 'AHUxAHBhc3M=';
  const attempt = '<attempt PLAIN of u1: password |u1|pass>';

  it('takes an initial response, quoted or as a literal', () => {
    expect(begin().say(`AUTHENTICATE "PLAIN" "${response}"`)).toEqual([attempt]);
    expect(begin().say(`AUTHENTICATE "PLAIN" {12+}\r\n${response}`)).toEqual([attempt]);
    expect(begin().say(`authenticate {5+}\r\nplain {12}\r\n${response}`)).toEqual([attempt]);
  });

  it('asks for it where there is none, with an empty challenge', () => {
    for (const answer of [`"${response}"`, `{12+}\r\n${response}`]) {
      const { say } = begin();
      expect(say('AUTHENTICATE "PLAIN"')).toEqual(['""']);
      expect(say(answer)).toEqual([attempt]);
    }
  });

  it('asks LOGIN for name and password', () => {
    const { say } = begin();
    expect(say('AUTHENTICATE "LOGIN"')).toEqual(['"VXNlcm5hbWU6"']);
    expect(say('"dTE="')).toEqual(['"UGFzc3dvcmQ6"']);
    expect(say('"cGFzcw=="')).toEqual(['<attempt LOGIN of u1: password |u1|pass>']);
  });

  it('can be given up with a string of one asterisk (RFC 5804 section 2.1)', () => {
    const { say } = begin();
    say('AUTHENTICATE "PLAIN"');
    expect(say('"*"')).toEqual([
      'NO "Authentication aborted by client."',
      '<refused PLAIN of null: auth_aborted_by_client>',
    ]);
  });

  it.each(['"?"', '*', response, `"${response}" "x"`, '', '"unended', '(', 'LOGOUT'])(
    'takes no %j for a response',
    (wrong) => {
      const { say } = begin();
      say('AUTHENTICATE "PLAIN"');
      expect(say(wrong)).toEqual(['NO "Invalid base64 data in response."', '<refused PLAIN of null: invalid_base64>']);
      expect(say('NOOP')).toEqual(['OK "NOOP Completed"']);
    },
  );

  it('is refused for what is not offered, and in clear', () => {
    expect(begin().say('AUTHENTICATE "CRAM-MD5"')).toEqual([
      'NO "Unsupported authentication mechanism."',
      '<refused null of null: invalid_mech>',
    ]);
    expect(begin(inClear).say(`AUTHENTICATE "PLAIN" "${response}"`)).toEqual([
      'NO (ENCRYPT-NEEDED) "Cleartext authentication disallowed on non-secure (SSL/TLS) connections."',
      '<refused PLAIN of null: cleartext_auth_disabled>',
    ]);
  });

  it.each(['AUTHENTICATE', 'AUTHENTICATE PLAIN', 'AUTHENTICATE "PLAIN" x', 'AUTHENTICATE "PLAIN" "" ""'])(
    '%j is no command',
    (line) => {
      expect(begin().say(line)).toEqual([WRONG]);
    },
  );

  it("shows the backend's challenges, long ones as literals (RFC 5804 section 4: quoted strings have 1024 octets)", () => {
    const { dialogue, say } = begin({ mechanisms: ['SCRAM-SHA-256'] });
    expect(say('AUTHENTICATE "SCRAM-SHA-256" "biwsbj11MSxyPWFiYw=="')).toEqual([
      '<attempt SCRAM-SHA-256 of u1: sasl n,,n=u1,r=abc>',
    ]);
    expect(told(dialogue.challenge(bytesOf('r=abcdef')))).toEqual(['"cj1hYmNkZWY="']);
    expect(say('"Yz1iaXdz"')).toEqual(['<response c=biws>']);
    const long = bytesOf('x'.repeat(900));
    expect(told(dialogue.challenge(long))).toEqual(['{1200}', Buffer.from(long).toString('base64')]);
    expect(say('""')).toEqual(['<response >']);
    dialogue.challenge(new Uint8Array());
    expect(say('nonsense')).toEqual(['<response given up>']);
    expect(told(dialogue.finish('succeeded', bytesOf('OK (SASL "dj0=") "Logged in."\r\n')))).toEqual([
      'OK (SASL "dj0=") "Logged in."',
    ]);
  });
});

describe('the end of an attempt', () => {
  const login = 'AUTHENTICATE "PLAIN" "AHUxAHBhc3M="';

  it('leaves what came behind a success, and goes on with it after a failure', () => {
    const first = begin();
    first.say(login, 'PUTSCRIPT "a" {4+}', 'keep');
    first.dialogue.finish('succeeded', bytesOf('OK "Logged in."\r\n'));
    expect(latin1(first.dialogue.rest())).toBe('PUTSCRIPT "a" {4+}\r\nkeep\r\n');
    const { dialogue, say } = begin();
    say(login, 'NOOP', login);
    expect(told(dialogue.finish('failed', bytesOf('NO {2}\r\nno\r\n')))).toEqual([
      'NO {2}',
      'no',
      'OK "NOOP Completed"',
      '<attempt PLAIN of u1: password |u1|pass>',
    ]);
  });

  it('has words of its own where no backend said any', () => {
    const { dialogue, say } = begin();
    say(login);
    expect(told(dialogue.finish('unavailable', null))).toEqual(['NO (TRYLATER) "Temporary authentication failure."']);
    say(login);
    expect(told(dialogue.finish('failed', null, 'a "quoted"\r\nOK "word"'))).toEqual([
      'NO "a \\"quoted\\" OK \\"word\\""',
    ]);
  });

  it('closes after as many attempts as there may be', () => {
    const { dialogue, say } = begin();
    say('AUTHENTICATE "NONE"', 'AUTHENTICATE "NONE"', login);
    expect(told(dialogue.finish('failed', null))).toEqual([
      'NO "Authentication failed."',
      'BYE "Too many failed logins."',
      '<close auth_failed>',
    ]);
    expect(say('NOOP')).toEqual([]);
  });
});

describe('other commands', () => {
  it("answer as Pigeonhole's do", () => {
    const { say } = begin();
    expect(say('NOOP')).toEqual(['OK "NOOP Completed"']);
    // RFC 5804 section 2.13, the example.
    expect(say('NOOP "STARTTLS-SYNC-42"')).toEqual(['OK (TAG "STARTTLS-SYNC-42") "Done"']);
    expect(say('NOOP {4+}\r\na\r\nb')).toEqual(['OK (TAG {4}', 'a', 'b) "Done"']);
    expect(say('NOOP "a\\"\\\\"')).toEqual(['OK (TAG "a\\"\\\\") "Done"']);
    expect(say('LOGOUT')).toEqual(['OK "Logout completed."', '<close logged_out>']);
  });

  it.each([
    'HAVESPACE "a" 3',
    'UNAUTHENTICATE',
    '"NOOP"',
    '',
    'NOOP "a" "b"',
    'NOOP a',
    'CAPABILITY x',
    'LOGOUT x',
    'NOOP "\\x"',
    'NOOP "a\rb"',
    'NOOP \0',
  ])('%j is no command', (line) => {
    expect(begin().say(line)).toEqual([WRONG]);
  });

  it('XCLIENT is believed from trusted peers only', () => {
    const line = 'XCLIENT ADDR=192.0.2.7 PORT=4000 SESSION=S1 TTL=6 X=y';
    expect(begin({ trusted: true }).dialogue.push(bytesOf(`${line}\r\n`))).toMatchObject([
      {
        step: 'claim',
        identity: { remote: { ip: '192.0.2.7', port: 4000 }, local: null, session: 'S1', ttl: 6, tls: null },
      },
      { step: 'send', bytes: bytesOf('OK "Updated"\r\n') },
    ]);
    expect(begin().say(line)).toEqual(['NO "You are not from trusted IP"']);
    expect(begin({ trusted: true }).say('XCLIENT ADDR=192.0.2.7 "x"')).toEqual([WRONG]);
    expect(begin({ trusted: true }).say('XCLIENT PORT=70000')).toEqual([WRONG]);
  });
});

describe('STARTTLS', () => {
  it('is agreed to, and the capabilities are sent again unasked (RFC 5804 section 2.2)', () => {
    const { dialogue, say } = begin({ ...inClear, keywords });
    expect(say('STARTTLS')).toEqual(['<start_tls>']);
    expect(told(dialogue.startTls())).toEqual(['OK "Begin TLS negotiation now."']);
    expect(told(dialogue.secured())).toEqual([...keywords, '"SASL" "PLAIN LOGIN"', 'OK "TLS negotiation successful."']);
    expect(say('STARTTLS')).toEqual(['NO "TLS is already active."']);
  });

  it('fails for now where TLS cannot begin', () => {
    const { dialogue, say } = begin(inClear);
    say('STARTTLS');
    expect(told(dialogue.refuseTls())).toEqual(['NO (TRYLATER) "TLS is not available now."']);
    expect(say('NOOP')).toEqual(['OK "NOOP Completed"']);
  });

  it('is not there where it is not offered', () => {
    expect(begin({ secured: false }).say('STARTTLS')).toEqual(['NO "TLS support isn\'t enabled."']);
    expect(begin(inClear).say('STARTTLS now')).toEqual([WRONG]);
  });

  it('lets nothing said in clear reach what is said inside TLS, however it comes in', () => {
    for (const injected of ['NOOP "x"\r\nAUTHENTICATE "PL', 'NOOP {5+}\r\nab']) {
      for (const delivery of everyDelivery(bytesOf(`STARTTLS\r\n${injected}`))) {
        const { dialogue, say } = begin(inClear);
        const steps: string[] = [];
        throughReusedBuffer(delivery, (chunk) => steps.push(...told(dialogue.push(chunk))));
        expect(steps, delivery.name).toEqual(['<start_tls>']);
        dialogue.startTls();
        expect(dialogue.push(bytesOf('NOOP "y"\r\n')), delivery.name).toEqual([]);
        dialogue.secured();
        expect(say('NOOP "z"'), delivery.name).toEqual(['OK (TAG "z") "Done"']);
      }
    }
  });
});

describe('calls out of turn', () => {
  it('do nothing', () => {
    const { dialogue, say } = begin(inClear);
    const out = () => [
      ...dialogue.startTls(),
      ...dialogue.secured(),
      ...dialogue.refuseTls(),
      ...dialogue.challenge(new Uint8Array(1)),
      ...dialogue.finish('succeeded', null),
    ];
    expect(out()).toEqual([]);
    dialogue.close('shutting_down');
    expect(out()).toEqual([]);
    expect(dialogue.close('shutting_down')).toEqual([]);
    expect(say('NOOP')).toEqual([]);
  });
});

describe('limits', () => {
  it('closes at too many commands that are none', () => {
    expect(begin().say('A', 'NOOP', 'B {3+}\r\nabc', 'C')).toEqual([
      WRONG,
      'OK "NOOP Completed"',
      WRONG,
      WRONG,
      'BYE "Too many invalid MANAGESIEVE commands."',
      '<close too_many_bad_commands>',
    ]);
  });

  const full = ['BYE "Input buffer full, aborting"', '<close input_buffer_full>'];

  it.each([
    ['a line', 'x'.repeat(514)],
    ['a literal, before it has come', 'NOOP {600+}\r\n'],
    ['a literal of absurd size', 'NOOP {9999999999+}\r\n'],
    ['literals in sum', `NOOP {300+}\r\n${'x'.repeat(300)} {300+}\r\n`],
  ])('closes at %s that is too long', (_, text) => {
    expect(told(begin().dialogue.push(bytesOf(text)))).toEqual(full);
  });

  it('keeps twice a line while a backend decides, and no more', () => {
    const { dialogue, say } = begin();
    say('AUTHENTICATE "PLAIN" "AHUxAHBhc3M="');
    expect(told(dialogue.push(new Uint8Array(1024)))).toEqual([]);
    expect(told(dialogue.push(new Uint8Array(1)))).toEqual(full);
  });
});

describe('goodbyes', () => {
  it.each([
    ['shutting_down', ['BYE (TRYLATER) "Server is shutting down."', '<close shutting_down>']],
    ['login_timeout', ['BYE "Disconnected for inactivity."', '<close login_timeout>']],
    ['proxy_dest_connect_failed', ['BYE (TRYLATER) "Temporary failure."', '<close proxy_dest_connect_failed>']],
  ] as const)('say why: %s', (reason, words) => {
    expect(told(begin().dialogue.close(reason))).toEqual(words);
  });

  it('are not said in clear once TLS may have begun', () => {
    const { dialogue, say } = begin(inClear);
    say('STARTTLS');
    dialogue.startTls();
    expect(told(dialogue.close('tls_handshake_not_finished'))).toEqual(['<close tls_handshake_not_finished>']);
  });
});

describe('delivery', () => {
  it('makes no difference', () => {
    const sent = bytesOf(
      'NOOP {3+}\r\na\nb\r\nAUTHENTICATE "LOGIN"\n{4+}\r\ndTE=\r\n"cGFzcw=="\r\nNOOP "x\\"y"\r\nLOGOUT\r\n',
    );
    for (const delivery of everyDelivery(sent)) {
      const { dialogue } = begin();
      const steps: string[] = [];
      throughReusedBuffer(delivery, (chunk) => steps.push(...told(dialogue.push(chunk))));
      steps.push(...told(dialogue.finish('failed', null)));
      expect(steps, delivery.name).toEqual([
        'OK (TAG {3}',
        'a\nb) "Done"',
        '"VXNlcm5hbWU6"',
        '"UGFzc3dvcmQ6"',
        '<attempt LOGIN of u1: password |u1|pass>',
        'NO "Authentication failed."',
        'OK (TAG "x\\"y") "Done"',
        'OK "Logout completed."',
        '<close logged_out>',
      ]);
    }
  });
});
