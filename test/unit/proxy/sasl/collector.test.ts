import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SaslCollector, type SaslStep, understoodMechanisms, userShown } from '../../../../src/proxy/sasl/index.js';

const base64 = (text: string) => Buffer.from(text, 'latin1').toString('base64');
const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
const collector = () => new SaslCollector(understoodMechanisms);

/** The step with its bytes as text, and with what secrets hide. */
function shown(step: SaslStep): unknown {
  if (step.step === 'ask') return { ask: latin1(step.challenge) };
  if (step.step === 'rejected') return { rejected: step.reason, mechanism: step.mechanism, user: step.user };
  const { credentials, mechanism, user } = step;
  if (credentials.kind === 'password') {
    const { authorization, user: login, password } = credentials;
    return {
      mechanism,
      user,
      authorization: latin1(authorization),
      login: latin1(login),
      password: latin1(password.reveal()),
    };
  }
  if (credentials.kind === 'apop') throw new Error('SASL has no APOP');
  return { mechanism, user, initial: credentials.initial === null ? null : latin1(credentials.initial.reveal()) };
}

const rejected = (rejected: string, mechanism: string | null, user: string | null = null) => ({
  rejected,
  mechanism,
  user,
});

describe('PLAIN', () => {
  it.each([
    // RFC 4616 section 4, without and with a name to act as; RFC 4954 section 4.1.
    ['AHRpbQB0YW5zdGFhZnRhbnN0YWFm', { user: 'tim', authorization: '', login: 'tim', password: 'tanstaaftanstaaf' }],
    ['VXJzZWwAS3VydAB4aXBqM3BsbXE=', { user: 'Ursel', authorization: 'Ursel', login: 'Kurt', password: 'xipj3plmq' }],
    ['dGVzdAB0ZXN0ADEyMzQ=', { user: 'test', authorization: 'test', login: 'test', password: '1234' }],
  ])('reads %s', (initial, wanted) => {
    expect(shown(collector().start('PLAIN', initial))).toEqual({ mechanism: 'PLAIN', ...wanted });
    const asked = collector();
    expect(shown(asked.start('plain', null))).toEqual({ ask: '' });
    expect(shown(asked.respond(initial))).toEqual({ mechanism: 'PLAIN', ...wanted });
  });

  it('keeps the bytes of a name that is no UTF-8, and shows it as one', () => {
    expect(shown(collector().start('PLAIN', base64('\0j\xf6rg\0p')))).toEqual({
      mechanism: 'PLAIN',
      user: 'j\ufffdrg',
      authorization: '',
      login: 'j\xf6rg',
      password: 'p',
    });
  });

  it('lets the backend judge an empty password', () => {
    expect(shown(collector().start('PLAIN', base64('\0tim\0')))).toMatchObject({ user: 'tim', password: '' });
  });

  it.each([
    ['nothing', ''],
    ['no NUL', 'tim'],
    ['one NUL', 'tim\0secret'],
    ['a third NUL', '\0tim\0secret\0'],
    ['no user', '\0\0secret'],
    ['no user, with a name to act as', 'tim\0\0secret'],
    ['a name beyond the limit', `\0${'x'.repeat(1021)}\0p`],
  ])('refuses %s', (_, message) => {
    const initial = message === '' ? '=' : base64(message);
    expect(shown(collector().start('PLAIN', initial))).toEqual(rejected('auth_failed', 'PLAIN'));
  });
});

describe('LOGIN', () => {
  it('asks for the name, then for the password', () => {
    const sasl = collector();
    expect(shown(sasl.start('LOGIN', null))).toEqual({ ask: 'Username:' });
    expect(shown(sasl.respond(base64('tim')))).toEqual({ ask: 'Password:' });
    expect(shown(sasl.respond(base64('secret')))).toEqual({
      mechanism: 'LOGIN',
      user: 'tim',
      authorization: '',
      login: 'tim',
      password: 'secret',
    });
  });

  it('takes a name with the command, as many clients send it', () => {
    const sasl = collector();
    expect(shown(sasl.start('LOGIN', base64('tim')))).toEqual({ ask: 'Password:' });
    expect(shown(sasl.respond(base64('secret')))).toMatchObject({ user: 'tim', password: 'secret' });
  });

  it('knows whose login was given up at the password', () => {
    const sasl = collector();
    sasl.start('LOGIN', base64('tim'));
    expect(shown(sasl.respond('*'))).toEqual(rejected('auth_aborted_by_client', 'LOGIN', 'tim'));
  });

  it.each([
    ['an empty name', ['']],
    ['a NUL in the name', ['t\0m']],
    ['a NUL in the password', ['tim', 'sec\0ret']],
  ])('refuses %s', (_, lines) => {
    const sasl = collector();
    sasl.start('LOGIN', null);
    const steps = lines.map((line) => sasl.respond(base64(line)));
    expect(steps.at(-1)).toMatchObject({ step: 'rejected', reason: 'auth_failed' });
  });
});

describe('mechanisms that are handed on', () => {
  // RFC 7628 section 4.1; Google's page on XOAUTH2; RFC 5802 section 5; RFC 7677 section 3.
  const oauthBearer =
    'bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9MTQzAWF1dGg9QmVhcmVyIHZGOWRmdDRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB';
  const xoauth2 =
    'dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNSbGNrQmhkSFJoZG1semRHRXVZMjl0Q2cBAQ==';

  it.each([
    ['OAUTHBEARER', oauthBearer, 'user@example.com'],
    ['XOAUTH2', xoauth2, 'someuser@example.com'],
    ['SCRAM-SHA-1', base64('n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL'), 'user'],
    ['SCRAM-SHA-256', base64('n,,n=user,r=rOprNGfwEbeRWgbNEkqO'), 'user'],
    // RFC 5802 section 5.1: =2C and =3D; y; a name to act as.
    ['SCRAM-SHA-256', base64('y,,n=a=2Cb=3Dc,r=x'), 'a,b=c'],
    ['SCRAM-SHA-256', base64('n,a=other,n=user,r=x'), 'other'],
    ['SCRAM-SHA-256', base64('n,,n=j\xc3\xb6rg,r=x,ext=1'), 'j\u00f6rg'],
    // RFC 7628 section 3.1: the name may be left to the token.
    ['OAUTHBEARER', base64('n,,\x01auth=Bearer abc\x01\x01'), null],
  ])('show the name in %s %s', (mechanism, initial, user) => {
    const wanted = { mechanism, user, initial: Buffer.from(initial, 'base64').toString('latin1') };
    expect(shown(collector().start(mechanism, initial))).toEqual(wanted);
    const asked = collector();
    expect(shown(asked.start(mechanism, null))).toEqual({ ask: '' });
    expect(shown(asked.respond(initial))).toEqual(wanted);
  });

  it.each([
    ['XOAUTH2', 'auth=Bearer abc\x01\x01', 'no user'],
    ['XOAUTH2', 'user=a\x01auth=Bearer abc\x01user=b\x01\x01', 'two users'],
    ['XOAUTH2', 'user=a\x01auth=Bearer abc\x01USER=b\x01\x01', 'two users to whoever does not look at case'],
    ['XOAUTH2', 'user=\x01auth=Bearer abc\x01\x01', 'an empty user'],
    ['XOAUTH2', 'user=a\0b\x01auth=Bearer abc\x01\x01', 'NUL in the user'],
    ['OAUTHBEARER', 'a=user,\x01auth=Bearer abc\x01\x01', 'no gs2-cbind-flag'],
    ['OAUTHBEARER', 'n,a=user\x01auth=Bearer abc\x01\x01', 'no comma behind the name'],
    ['OAUTHBEARER', 'n,a=us=er,\x01auth=Bearer abc\x01\x01', 'an equals sign that stands for nothing'],
    ['OAUTHBEARER', 'p=tls-unique,,\x01auth=Bearer abc\x01\x01', 'channel binding'],
    ['SCRAM-SHA-1', 'p=tls-unique,,n=user,r=x', 'channel binding'],
    ['SCRAM-SHA-1', 'n,,m=ext,n=user,r=x', 'a mandatory extension'],
    ['SCRAM-SHA-1', 'n,,r=x,n=user', 'the name in another place'],
    ['SCRAM-SHA-1', 'n,,n=,r=x', 'an empty name'],
    ['SCRAM-SHA-1', 'n,,n=us=2cer,r=x', 'an escape in small letters'],
    ['SCRAM-SHA-1', 'n,,n=user,r=', 'an empty nonce'],
    ['SCRAM-SHA-1', 'n,,n=user', 'no nonce'],
  ])('of %s refuse %j: %s', (mechanism, message) => {
    expect(shown(collector().start(mechanism, base64(message)))).toEqual(rejected('auth_failed', mechanism));
  });

  it('ask the backend first in CRAM-MD5, and have no initial response there', () => {
    expect(shown(collector().start('CRAM-MD5', null))).toEqual({ mechanism: 'CRAM-MD5', user: null, initial: null });
    expect(shown(collector().start('CRAM-MD5', '='))).toEqual(rejected('auth_failed', 'CRAM-MD5'));
  });

  it.each([
    // RFC 2195 section 2; RFC 4954 section 4.2.
    ['dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw', 'tim'],
    ['cmpzMyBlYzNhNTlmZWQzOTVhYmExZWM2MzY3YzRmNGI0MWFjMA==', 'rjs3'],
    [base64('a user b913a602c7eda7a495b4e6e7334d3890'), 'a user'],
    [base64('b913a602c7eda7a495b4e6e7334d3890'), null],
    [base64(' b913a602c7eda7a495b4e6e7334d3890'), null],
    [base64('tim b913'), null],
  ])('show the name of CRAM-MD5 in its response %s', (response, user) => {
    expect(userShown('CRAM-MD5', Buffer.from(response, 'base64'))).toBe(user);
    expect(userShown('SCRAM-SHA-1', Buffer.from(response, 'base64'))).toBeNull();
  });
});

describe('an exchange', () => {
  it('is not begun with a mechanism that is not offered, nor named after one', () => {
    const sasl = new SaslCollector(['PLAIN']);
    expect(shown(sasl.start('LOGIN', null))).toEqual(rejected('invalid_mech', null));
    expect(shown(sasl.start('NTLM', null))).toEqual(rejected('invalid_mech', null));
  });

  it.each([
    ['*', 'auth_aborted_by_client'],
    ['AHRpbQ', 'invalid_base64'],
    ['=', 'invalid_base64'],
  ])('ends with %j', (line, reason) => {
    const sasl = collector();
    sasl.start('PLAIN', null);
    expect(shown(sasl.respond(line))).toEqual(rejected(reason, 'PLAIN'));
  });

  it('leaves nothing to the next', () => {
    const sasl = collector();
    sasl.start('LOGIN', base64('tim'));
    sasl.respond('*');
    expect(shown(sasl.start('LOGIN', '='))).toEqual({ ask: 'Username:' });
    expect(shown(sasl.respond('*'))).toEqual(rejected('auth_aborted_by_client', 'LOGIN', null));
  });

  it('ends in one of three ways, whatever a client says, and shows no password', () => {
    const line = fc.oneof(
      fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('base64')),
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constantFrom('', '=', '*', base64('\0u\0p'), base64('n,,n=u,r=x')),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...understoodMechanisms),
        fc.option(line),
        fc.array(line, { maxLength: 4 }),
        (name, initial, lines) => {
          const sasl = collector();
          let step = sasl.start(name, initial);
          for (const next of lines) {
            if (step.step !== 'ask') break;
            step = sasl.respond(next);
          }
          expect(['ask', 'collected', 'rejected']).toContain(step.step);
          if (step.step === 'collected')
            expect(JSON.stringify({ ...step, user: null })).not.toMatch(/"password":(?!"\(hidden\)")/);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('hands over whatever password there is', () => {
    const octets = fc.uint8Array({ minLength: 1, maxLength: 80 }).map((bytes) => bytes.map((octet) => octet || 1));
    fc.assert(
      fc.property(octets, octets, (user, password) => {
        const message = Buffer.concat([Buffer.of(0), user, Buffer.of(0), password]).toString('base64');
        const step = collector().start('PLAIN', message);
        expect(shown(step)).toMatchObject({ login: latin1(user), password: latin1(password) });
      }),
    );
  });
});
