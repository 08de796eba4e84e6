import { describe, expect, it } from 'vitest';
import { latin1 } from '../../../../src/proxy/lines.js';
import { answers, base64, bytes, greeted, shown } from './dialogue.js';

const inClear = { secured: false };
const BAD = 'Error in IMAP command received by server.';

describe('LOGIN', () => {
  // RFC 9051 section 6.2.3's example; the strings of section 4.3.
  it.each([
    ['a001 LOGIN SMITH SESAME\r\n', 'SMITH', 'SESAME'],
    ['a001 login "SMI\\\\TH" "SE\\"SAME "\r\n', 'SMI\\TH', 'SE"SAME '],
    ['a001 LOGIN "" ""\r\n', '', ''],
    ['a001 LOGIN {5+}\r\nSMITH {6+}\r\nSES\r\nA\r\n', 'SMITH', 'SES\r\nA'],
    ['a001 LOGIN SM%I*TH] SES\\AME\r\n', 'SM%I*TH]', 'SES\\AME'],
    ['a001 LOGIN "SM\xcdTH" {2+}\r\n\xc3\xa9\r\n', 'SM\xcdTH', '\xc3\xa9'],
  ])('takes %j', (sent, user, password) => {
    const text = Buffer.from(user, 'latin1').toString('utf8');
    expect(answers(sent)).toEqual(
      user === ''
        ? ['a001 NO [AUTHENTICATIONFAILED] Authentication failed.', '(refused PLAIN null auth_failed)']
        : [`(attempt a001 PLAIN ${text}: "" ${JSON.stringify(user)} ${JSON.stringify(password)})`],
    );
  });

  it('asks for literals that wait for leave', () => {
    const dialogue = greeted();
    expect(shown(dialogue.push(bytes('A001 LOGIN {11}\r\n')))).toEqual(['+ OK']);
    expect(shown(dialogue.push(bytes('FRED FOOBAR {7}\r\n')))).toEqual(['+ OK']);
    expect(shown(dialogue.push(bytes('fat man\r\n')))).toEqual([
      '(attempt A001 PLAIN FRED FOOBAR: "" "FRED FOOBAR" "fat man")',
    ]);
  });

  it.each([
    'a LOGIN',
    'a LOGIN u',
    'a LOGIN u p q',
    'a LOGIN (u) p',
    'a LOGIN "u p',
    'a LOGIN "u\\x" p',
    'a LOGIN u"p" p',
    'a LOGIN u{1} p',
    'a LOGIN \xe9 p',
    'a LOGIN "u\rp" p',
    'a LOGIN u\0 p',
    'a LOGIN "u\0" p',
    'a LOGIN {2+}\r\nu\0 p',
    'a LOGIN u ~{2+}\r\nab',
    'a LOGIN u ~{2}',
    'a LOGIN u p)',
    'a LOGIN ((u) p',
  ])('answers %j with BAD', (sent) => {
    expect(answers(`${sent}\r\n`)).toEqual([`a BAD ${BAD}`]);
  });

  it('refuses passwords in clear as Dovecot does, with or without capital letters', () => {
    const alert =
      '* BAD [ALERT] cleartext authentication not allowed without SSL/TLS, but your client did it anyway. If anyone was listening, the password was exposed.';
    const no = 'NO [PRIVACYREQUIRED] Cleartext authentication disallowed on non-secure (SSL/TLS) connections.';
    expect(answers('a LOGIN joe secret\r\n', inClear)).toEqual([
      alert,
      `a ${no}`,
      '(refused PLAIN joe cleartext_auth_disabled)',
    ]);
    expect(answers(`a authenticate plain ${base64('\0joe\0secret')}\r\n`, inClear)).toEqual([
      alert,
      `a ${no}`,
      '(refused PLAIN null cleartext_auth_disabled)',
    ]);
  });

  it('is refused where PLAIN is not offered', () => {
    expect(answers('a LOGIN joe secret\r\n', { mechanisms: ['SCRAM-SHA-256'] })).toEqual([
      'a NO [ALERT] Unsupported authentication mechanism.',
      '(refused PLAIN joe invalid_mech)',
    ]);
  });
});

describe('AUTHENTICATE', () => {
  const plain = base64('\0joe\0se cret');

  it('takes an initial response, or asks for it', () => {
    const wanted = '(attempt a PLAIN joe: "" "joe" "se cret")';
    expect(answers(`a AUTHENTICATE PLAIN ${plain}\r\n`)).toEqual([wanted]);
    expect(answers(`a authenticate plain\r\n${plain}\r\n`)).toEqual(['+ ', wanted]);
    expect(answers(`a AUTHENTICATE LOGIN\r\n${base64('joe')}\r\n${base64('se cret')}\r\n`)).toEqual([
      `+ ${base64('Username:')}`,
      `+ ${base64('Password:')}`,
      '(attempt a LOGIN joe: "" "joe" "se cret")',
    ]);
  });

  it('takes a long response, up to the line', () => {
    const token = `user=joe\x01auth=Bearer ${'t'.repeat(5000)}\x01\x01`;
    expect(answersWhole(`a AUTHENTICATE XOAUTH2 ${base64(token)}\r\n`)).toEqual([
      `(attempt a XOAUTH2 joe: ${JSON.stringify(token)})`,
    ]);
    expect(answersWhole(`a AUTHENTICATE XOAUTH2\r\n${'A'.repeat(9000)}`)).toEqual([
      '+ ',
      '* BYE Input buffer full, aborting',
      '(close input_buffer_full)',
    ]);
  });

  it('refuses what is no mechanism, no base64, or given up, in words the client knows', () => {
    expect(answers('a AUTHENTICATE NTLM\r\n')).toEqual([
      'a NO [ALERT] Unsupported authentication mechanism.',
      '(refused null null invalid_mech)',
    ]);
    expect(answers('a AUTHENTICATE PLAIN !!!\r\n')).toEqual([
      'a BAD Invalid base64 data in initial response',
      '(refused PLAIN null invalid_base64)',
    ]);
    expect(answers('a AUTHENTICATE PLAIN\r\n???\r\n')).toEqual([
      '+ ',
      'a NO [ALERT] Invalid base64 in response',
      '(refused PLAIN null invalid_base64)',
    ]);
    expect(answers('a AUTHENTICATE PLAIN\r\n*\r\nb NOOP\r\n')).toEqual([
      '+ ',
      'a BAD Authentication aborted by client.',
      '(refused PLAIN null auth_aborted_by_client)',
      'b OK NOOP completed.',
    ]);
    expect(answers('a AUTHENTICATE PLAIN =\r\n')).toEqual([
      'a NO [AUTHENTICATIONFAILED] Authentication failed.',
      '(refused PLAIN null auth_failed)',
    ]);
    expect(answers('a AUTHENTICATE\r\nb AUTHENTICATE PLAIN x y\r\n')).toEqual([`a BAD ${BAD}`, `b BAD ${BAD}`]);
  });

  it("shows the backend's challenges, and hands its answers on", () => {
    // RFC 2195 section 2.
    const dialogue = greeted();
    expect(shown(dialogue.push(bytes('A0001 AUTHENTICATE CRAM-MD5\r\n')))).toEqual([
      '(attempt A0001 CRAM-MD5 null: none)',
    ]);
    expect(shown(dialogue.challenge(bytes('<1896.697170952@postoffice.reston.mci.net>')))).toEqual([
      '+ PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+',
    ]);
    expect(shown(dialogue.push(bytes('dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw\r\n')))).toEqual([
      '(response "tim b913a602c7eda7a495b4e6e7334d3890")',
    ]);
    const reply = bytes('A0001 OK CRAM authentication successful\r\n');
    expect(shown(dialogue.finish('succeeded', reply))).toEqual(['A0001 OK CRAM authentication successful']);
  });

  it('gives an exchange up for a client that does, or that sends no base64', () => {
    for (const line of ['*', '=', 'x']) {
      const dialogue = greeted();
      dialogue.push(bytes(`a AUTHENTICATE SCRAM-SHA-256 ${base64('n,,n=user,r=rOprNGfwEbeRWgbNEkqO')}\r\n${line}\r\n`));
      expect(shown(dialogue.challenge(bytes('r=')))).toEqual(['+ cj0=', '(response none)']);
      expect(dialogue.push(bytes('b NOOP\r\n'))).toEqual([]);
      expect(shown(dialogue.finish('failed', bytes('a BAD aborted\r\n')))).toEqual([
        'a BAD aborted',
        'b OK NOOP completed.',
      ]);
    }
  });
});

describe('the end of an attempt', () => {
  const login = 'a LOGIN joe secret\r\n';

  it("gives the client the backend's words, or its own", () => {
    const said = (...finish: Parameters<ReturnType<typeof greeted>['finish']>) => {
      const dialogue = greeted();
      dialogue.push(bytes(login));
      return shown(dialogue.finish(...finish));
    };
    expect(said('succeeded', bytes('* CAPABILITY X\r\na OK in\r\n'))).toEqual(['* CAPABILITY X', 'a OK in']);
    expect(said('failed', null)).toEqual(['a NO [AUTHENTICATIONFAILED] Authentication failed.']);
    expect(said('unavailable', null)).toEqual(['a NO [UNAVAILABLE] Temporary authentication failure.']);
    expect(said('failed', null, 'Not\r\ntoday\u00e9')).toEqual(['a NO [ALERT] Not??today?']);
  });

  it('leaves what came behind a login to the backend', () => {
    const dialogue = greeted();
    expect(dialogue.push(bytes(`${login}b SELECT IN`))).toHaveLength(1);
    expect(dialogue.push(bytes('BOX\r\n'))).toEqual([]);
    dialogue.finish('succeeded', bytes('a OK in\r\n'));
    expect(latin1(dialogue.rest())).toBe('b SELECT INBOX\r\n');
  });

  it('goes on with what came behind a login that failed, and closes after too many', () => {
    const dialogue = greeted();
    expect(shown(dialogue.push(bytes(`${login}b LOGIN joe other\r\nc LOGIN joe third\r\nd NOOP\r\n`)))).toHaveLength(1);
    expect(shown(dialogue.finish('failed', bytes('a NO x\r\n')))).toEqual([
      'a NO x',
      '(attempt b PLAIN joe: "" "joe" "other")',
    ]);
    expect(shown(dialogue.finish('unavailable', null)).slice(1)).toEqual(['(attempt c PLAIN joe: "" "joe" "third")']);
    expect(shown(dialogue.finish('failed', bytes('c NO x\r\n')))).toEqual([
      'c NO x',
      '* BYE Too many failed logins.',
      '(close auth_failed)',
    ]);
    expect(dialogue.push(bytes('e NOOP\r\n'))).toEqual([]);
  });

  it('keeps twice a line while it waits, and no more', () => {
    const limits = { maxLine: 40, maxBadCommands: 3, maxAttempts: 3 };
    const dialogue = greeted({ limits });
    dialogue.push(bytes(login));
    expect(dialogue.push(bytes('x'.repeat(80)))).toEqual([]);
    expect(shown(dialogue.push(bytes('x')))).toEqual([
      '* BYE Input buffer full, aborting',
      '(close input_buffer_full)',
    ]);
    expect(dialogue.finish('succeeded', bytes('a OK\r\n'))).toEqual([]);
  });

  it('says goodbye in the words of the reason', () => {
    const bye = (reason: Parameters<ReturnType<typeof greeted>['close']>[0]) => shown(greeted().close(reason))[0];
    expect(bye('login_timeout')).toBe('* BYE Disconnected for inactivity.');
    expect(bye('shutting_down')).toBe('* BYE Server shutting down.');
    expect(bye('proxy_dest_connect_failed')).toBe('* BYE [UNAVAILABLE] Internal error occurred. Try again later.');
  });
});

/** As {@link answers}, without the cuts: for long lines. */
function answersWhole(sent: string): string[] {
  return shown(greeted().push(bytes(sent)));
}
