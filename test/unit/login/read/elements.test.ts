import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SensorError } from '../../../../src/errors.js';
import { LineReader } from '../../../../src/login/index.js';
import { loginOf, options } from '../../../harness/logins.js';

const HASH = 'b7e9d913d85c071f5b806d59601e9b96';
const STRING =
  '771,4866-4867-4865-4868-49196-52393-49325-49162-49195-49324-49161-49200-52392-49172-49199-49171-157-49309-53-156-49308-47-159-52394-49311-57-158-49310-51,5-10-11-13-22-23-35-51-43-65281-0-45,23-24-25-29-30-256-257-258-259-260,0';
const START = 'Nov 22 07:48:35 imap-login: Info: ';
const SESSION = 'fO/rkthg1MDGM2QV';

/** As Dovecot's client_get_log_str puts elements together, with the defaults of 2.4 and what docs/log.md adds. */
const line = (user: string, more = `, ssl_ja3_hash=${HASH}, ssl_ja3=${STRING}`, message = 'Logged in'): string =>
  `${START}${message}: user=<${user}>, method=PLAIN, rip=198.51.100.21, lip=192.0.2.28, mpid=214, TLS, session=<${SESSION}>${more}`;

const elements =
  'user=<%{user}> method=%{mechanism} rip=%{remote_ip} lip=%{local_ip} mpid=%{mail_pid} %{secured} session=<%{session}> ssl_ja3_hash=%{ssl_ja3_hash} ssl_ja3=%{ssl_ja3}';

const BELIEVED = {
  remote: { ip: '198.51.100.21', port: 0 },
  local: { ip: '192.0.2.28', port: 0 },
  mechanism: 'PLAIN',
  outcome: 'succeeded',
  tls: true,
  session: SESSION,
  sslJa3: { string: STRING, hash: HASH },
  ja3: null,
  ja4: null,
};

/** What Dovecot leaves of a name (str_sanitize): no control characters, 80 bytes at most. */
const sanitised = (text: string): string => {
  let name = '';
  for (const character of text) {
    const next = name + (character < ' ' ? '?' : character);
    if (Buffer.byteLength(next) > 77) return `${name}...`;
    name = next;
  }
  return name;
};

/** Names made of what elements are made of. */
const hostileName = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '>',
        '<',
        ', ',
        '=',
        ': ',
        'user=<',
        '>, ',
        '>: user=<',
        'rip=192.0.2.66',
        ', rip=192.0.2.66',
        'lip=192.0.2.67',
        'method=X',
        'TLS',
        'session=<x>',
        'session=<x',
        `ssl_ja3_hash=${'0'.repeat(32)}`,
        'ssl_ja3=771,1,,,',
        'ja4=',
        'mpid=1',
        '-login: ',
        'proxy(',
        '): ',
      ),
      fc.string({ unit: 'binary', maxLength: 4 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => sanitised(parts.join('')));

describe('a name cannot be taken for anything else', () => {
  const runs = process.env.CI === 'true' ? 20_000 : 2_000;

  it.each([
    ['without the setting', {}],
    ['with the setting', { elements }],
  ])('%s', (_, more) => {
    const reader = new LineReader(options(more));
    fc.assert(
      fc.property(hostileName, (user) => {
        expect(reader.read(line(user))).toMatchObject({ ...BELIEVED, user: user || null });
        // 2.4 without TLS: nothing of a fingerprint, and a comma at the end
        const clear = line(user, ', ').replace(', TLS, session=<f', ', session=<f');
        expect(reader.read(clear)).toMatchObject({ ...BELIEVED, user: user || null, tls: false, sslJa3: null });
      }),
      { numRuns: runs },
    );
  });

  it('as a proxy writes it, with the name in front as well', () => {
    const reader = new LineReader(options());
    fc.assert(
      fc.property(hostileName, (user) => {
        const text = line(user, '', `proxy(${user},192.0.2.28:993): Started proxying to remote host (0.010 secs)`);
        expect(reader.read(text)).toMatchObject({ ...BELIEVED, user: user || null, sslJa3: null });
      }),
      { numRuns: runs },
    );
  });
});

describe('other formats', () => {
  it('takes elements in any order, names of 2.4 and of 2.3, and passes over the rest', () => {
    const login = loginOf(
      `${START}Login: rip=2001:db8::7, remote_port=4711, sni=mail.example.org, user=<bob>, session=<${SESSION}>, mech=PLAIN, local_ip=::ffff:192.0.2.1, lport=993, TLS, foo=bar, ja4=t13d1516h2_8daaf6152771_e5627efa2ab1`,
    );
    expect(login).toMatchObject({
      user: `bob>, session=<${SESSION}`, // without the setting: between the name and the rest there may be no brackets
      remote: { ip: '2001:db8::7', port: 4711 },
      local: { ip: '::ffff:192.0.2.1', port: 993 },
      tls: true,
      ja4: 't13d1516h2_8daaf6152771_e5627efa2ab1',
    });
    const named = loginOf(`${START}Login: rip=2001:db8::7, user=<bob>, session=<${SESSION}>, method=PLAIN`, {
      elements: 'rip=%r user=<%u> session=<%{session}> method=%m',
    });
    expect(named).toMatchObject({ user: 'bob', session: SESSION, mechanism: 'PLAIN', remote: { ip: '2001:db8::7' } });
  });

  it('takes elements without a user', () => {
    expect(loginOf(`${START}Login: rip=192.0.2.7, lip=192.0.2.1, TLS`)).toMatchObject({
      user: null,
      tls: true,
      remote: { ip: '192.0.2.7' },
    });
  });

  it.each([
    ['ssl_ja3', STRING, { sslJa3: { string: STRING, hash: HASH }, ja3: null }],
    ['ssl_ja3', HASH, { sslJa3: { string: null, hash: HASH }, ja3: null }],
    // short names stand for Dovecot's own: it knows no other
    ['ja3', HASH, { sslJa3: { string: null, hash: HASH }, ja3: null }],
    ['ja3h', HASH, { sslJa3: { string: null, hash: HASH }, ja3: null }],
    ['ja3', STRING, { sslJa3: { string: STRING, hash: HASH }, ja3: null }],
    // …but it has 771 always, and no extension 17513
    [
      'ja3',
      '769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0',
      { sslJa3: null, ja3: { hash: 'ada70206e40642a3e4461f35503241d5' } },
    ],
    ['forward_ja3_hash', HASH, { sslJa3: null, ja3: { string: null, hash: HASH } }],
    ['ssl_ja3', `${STRING}-`, { sslJa3: null, ja3: null }],
    ['ssl_ja3_hash', HASH.toUpperCase(), { sslJa3: null, ja3: null }],
    ['ssl_ja3_hash', '', { sslJa3: null, ja3: null }],
  ])('%s=%s', (name, value, wanted) => {
    const login = loginOf(line('bob', `, ${name}=${value}`));
    expect(login).toMatchObject(wanted);
  });

  it('keeps the hash of a string that was cut', () => {
    expect(loginOf(line('bob', `, ssl_ja3_hash=${HASH}, ssl_ja3=${STRING.slice(0, -20)}`)).sslJa3).toEqual({
      string: null,
      hash: HASH,
    });
  });

  it('believes neither of two values for one thing', () => {
    expect(loginOf(line('bob', ', lip=192.0.2.99')).local).toBeNull();
    expect(loginOf(line('bob', ', lip=192.0.2.28')).local?.ip).toBe('192.0.2.28');
  });

  it('refuses a name without an end', () => {
    const found = new LineReader(options()).read(`${START}Login: user=<bob, rip=192.0.2.7`);
    expect(found).toMatchObject({ code: 'log_elements', field: 'user' });
  });
});

describe('a setting', () => {
  it.each([
    ['', 'has no variable'],
    ['user=<bob>', 'has no variable'],
    ['%u '.repeat(5), 'any text'],
    ['user=<%{x}%{y}%{z}>', 'in one element'],
    [`${'%r '.repeat(65)}`, '64 elements'],
    ['x'.repeat(5000), '4096 characters'],
  ])('%.20s… is refused: %s', (setting, reason) => {
    expect(() => new LineReader(options({ elements: setting }))).toThrow(
      expect.objectContaining({ code: 'log_elements_setting', message: expect.stringContaining(reason) as string }),
    );
  });

  it('is taken at its word: a line that does not fit is refused', () => {
    const reader = new LineReader(options({ elements: 'user=<%u> rip=%r' }));
    expect(reader.read(line('bob'))).toMatchObject({ code: 'log_elements' });
    expect(reader.read(`${START}Login: user=<bob>, rip=192.0.2.7`)).toMatchObject({ user: 'bob' });
  });

  it('has variables in one element, filters, literal text and no ReDoS', () => {
    const setting =
      'from=%{remote_ip}:%{remote_port} who=[%{user|lower}] 100%% %{secured} x=%{local_name} y=%{auth_user}';
    const reader = new LineReader(options({ elements: setting }));
    expect(
      reader.read(`${START}Logged in: from=192.0.2.7:4711, who=[bob], 100%, TLS, x=mail.example.org`),
    ).toMatchObject({
      user: 'bob',
      remote: { ip: '192.0.2.7', port: 4711 },
      tls: true,
    });
    const evil = `${START}Logged in: from=192.0.2.7:4711, who=[${'], x=y, y=x, '.repeat(2000)}!`;
    expect(reader.read(evil)).toBeInstanceOf(SensorError);
  });
});

it('a line with more commas than names can hold was not made by the setting', () => {
  const reader = new LineReader(options({ elements: 'user=<%{user}> %{x} rip=%{remote_ip} %{y}' }));
  const read = (name: string) =>
    reader.read(`Nov 22 07:48:35 imap-login: Info: Logged in: user=<${name}>, a, rip=192.0.2.7, b`);
  expect(read(', '.repeat(40))).toMatchObject({ user: ', '.repeat(40), remote: { ip: '192.0.2.7' } });
  expect(read(', '.repeat(150))).toMatchObject({ code: 'log_elements' });
});

it('a line that says more before its elements than Dovecot does was not made by the setting', () => {
  const reader = new LineReader(options({ elements: 'user=<%{user}> rip=%{remote_ip}' }));
  const read = (said: number) =>
    reader.read(`Nov 22 07:48:35 imap-login: Info: Disconnected: ${'x'.repeat(said)}: user=<a>, rip=192.0.2.7`);
  expect(read(1_000)).toMatchObject({ user: 'a' });
  expect(read(2_000)).toMatchObject({ code: 'log_elements' });
});
