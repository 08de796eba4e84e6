import { describe, expect, it } from 'vitest';
import { LineReader } from '../../../../src/login/index.js';
import { loginOf, options } from '../../../harness/logins.js';

const line = (message: string, process = 'imap-login: Info: '): string =>
  `Nov 22 07:48:35 ${process}${message}: user=<>, rip=192.0.2.7, lip=192.0.2.1, session=<x>`;

describe('outcomes', () => {
  it.each([
    ['Logged in', 'succeeded'],
    ['Login', 'succeeded'],
    ['Login aborted: Logged out (auth failed, 1 attempts in 2 secs) (auth_failed)', 'failed'],
    [
      'Login aborted: Connection closed (proxy dest authentication failure, 1/1 successful auths in 0 secs) (proxy_dest_auth_failed)',
      'failed',
    ],
    ['Login aborted: Connection closed (no auth attempts in 0 secs) (no_auth_attempts)', 'none'],
    ['Login aborted: Connection closed (disconnected during TLS handshake) (tls_handshake_not_finished)', 'none'],
    [
      "Login aborted: Connection closed (client didn't finish SASL auth, 1 attempts in 0 secs) (auth_waiting_client)",
      'none',
    ],
    [
      'Login aborted: Logged out (tried to use disallowed cleartext auth, 1 attempts in 0 secs) (cleartext_auth_disabled)',
      'refused',
    ],
    ['Login aborted: Logged out (user disabled, 1 attempts in 0 secs) (user_disabled)', 'refused'],
    [
      'Login aborted: Logged out (proxy dest protocol failure, 1/1 successful auths in 3 secs) (proxy_dest_protocol_failure)',
      'refused',
    ],
    ['Disconnected: Connection closed (auth failed, 3 attempts in 12 secs)', 'failed'],
    ['Disconnected: Aborted login by logging out (proxy dest auth failed)', 'failed'],
    ['Disconnected: Inactivity (no auth attempts in 180 secs)', 'none'],
    ['Disconnected: Connection closed (disconnected before auth was ready, waited 0 secs)', 'none'],
    ["Disconnected: Connection closed (client didn't finish SASL auth, waited 1 secs)", 'none'],
    ['Disconnected: Aborted login by logging out (tried to use disallowed plaintext auth)', 'refused'],
    ['Disconnected: Aborted login by logging out (internal failure, 1 successful auths)', 'refused'],
    // 2.2
    ['Disconnected (auth failed, 1 attempts in 2 secs)', 'failed'],
    ['Aborted login (no auth attempts in 0 secs)', 'none'],
    ['Disconnected', 'none'],
  ])('%s: %s', (message, outcome) => {
    expect(loginOf(line(message)).outcome).toBe(outcome);
  });

  it.each([
    'proxy(user1,192.0.2.28:993): Disconnected by client (0s idle, in=216, out=628)',
    'Authenticate PLAIN failed: Cleartext authentication disabled',
    'Server shutting down',
  ])('%s is no login', (message) => {
    expect(new LineReader(options()).read(line(message))).toBeNull();
  });
});

describe('where a line comes from', () => {
  const login = 'Login: user=<bob>, rip=192.0.2.7, lip=192.0.2.1';

  it.each([
    ['Nov 22 07:48:35 imap-login: Info: ', 'imap'],
    ['Nov 22 07:48:35 mail dovecot: pop3-login: ', 'pop3'],
    ['Nov 22 07:48:35 mail dovecot[458]: submission-login: ', 'submission'],
    ['<22>Nov 22 07:48:35 mail dovecot: imap-login: ', 'imap'],
    ['<22>1 2026-11-22T07:48:35Z mail dovecot 458 - [x@1 a="]"] \ufeffmanagesieve-login: ', 'managesieve'],
    ['dovecot-mailcow-1  | Nov 22 07:48:35 imap-login: Info: ', 'imap'],
  ])('%s is a login process', (head, protocol) => {
    expect(loginOf(`${head}${login}`)).toMatchObject({ protocol, user: 'bob' });
  });

  it.each([
    // other programs quote strangers
    'Nov 22 07:48:35 mail postfix/smtpd[12]: NOQUEUE: reject: helo=<x imap-login: ',
    'Nov 22 07:48:35 mail postfix/smtpd[12]: warning: dovecot: imap-login: ',
    'Nov 22 07:48:35 mail sshd[1]: Invalid user dovecot: imap-login: ',
    'Nov 22 07:48:35 imap(x)<1><y>: Info: imap-login: ',
    'Nov 22 07:48:35 auth: Info: imap-login: ',
    '2026-11-22T07:48:35Z mail dovecot - - - imap-login: ',
  ])('%s is none', (head) => {
    expect(new LineReader(options()).read(`${head}${login}`)).toBeNull();
  });

  it('reads a journal entry whose message came as bytes', () => {
    const message = [...Buffer.from(`imap-login: ${login.replace('bob', 'b\x01b')}`)];
    const entry = JSON.stringify({ __REALTIME_TIMESTAMP: '1795333715597082', MESSAGE: message });
    expect(loginOf(entry)).toMatchObject({
      user: 'b\x01b',
      time: { seconds: 1795333715, nanoseconds: 597_082_000, digits: 6 },
    });
  });

  it.each([
    ['{"MESSAGE":"imap-login: Login: user=<x>', 'log_json'],
    ['{"MESSAGE":"imap-login: Login: user=<x>"}', 'log_timestamp'],
    ['{"MESSAGE":"imap-login: Login: user=<x>","__REALTIME_TIMESTAMP":1795333715597082}', 'log_timestamp'],
  ])('refuses %s: %s', (entry, code) => {
    expect(new LineReader(options()).read(entry)).toMatchObject({ code });
  });

  it.each([
    '{"MESSAGE":"-login: ","MESSAGE":null}',
    '{"MESSAGE":[1,2,"-login: "]}',
    '{"MESSAGE":[256]}',
    '{"MESSAGE":{"a":"imap-login: Login: user=<x>"}}',
    `{"MESSAGE":"x imap-login: Login: user=<x>","a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
  ])('finds nothing in %.60s', (entry) => {
    const found = new LineReader(options()).read(entry);
    expect(found === null || 'code' in found).toBe(true);
  });
});

it('a reason of nothing but brackets is read like any other', () => {
  const read = new LineReader(options()).read(line(`Disconnected: ${'('.repeat(60_000)}auth process limit`));
  expect(read).toMatchObject({ outcome: 'refused' });
  expect(new LineReader(options()).read(line(`Disconnected: ${'('.repeat(60_000)}`))).toMatchObject({
    outcome: 'none',
  });
});
