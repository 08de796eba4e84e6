import { describe, expect, it } from 'vitest';
import { message } from '../../../../src/login/format/message.js';
import type { ProxiedLogin } from '../../../../src/model/index.js';
import { proxiedLogin } from '../../../harness/proxied-login.js';

const gone = (reasonCode: string, changes: Partial<ProxiedLogin> = {}): ProxiedLogin =>
  proxiedLogin({ outcome: 'none', reasonCode, backend: null, attempt: 0, duration: 180_040, ...changes });

/** What Debian's Dovecot 2.3.19 and 2.4.1 wrote; those that a test can wait for are compared again in test/proxy/login-lines-real.test.ts. */
describe('messages of which Dovecots wrote the same', () => {
  it.each([
    ['2.3', gone('login_timeout'), 'Disconnected: Inactivity (no auth attempts in 180 secs)'],
    ['2.4', gone('login_timeout'), 'Login aborted: Inactivity (no auth attempts in 180 secs) (no_auth_attempts)'],
    [
      '2.3',
      gone('too_many_bad_commands', { protocol: 'managesieve', duration: 400 }),
      'Disconnected: Too many invalid commands. (no auth attempts in 0 secs)',
    ],
    [
      '2.4',
      gone('too_many_bad_commands', { protocol: 'submission', duration: 1_999 }),
      'Login aborted: Too many invalid commands. (no auth attempts in 1 secs) (no_auth_attempts)',
    ],
  ] as const)('%s (%#)', (style, login, written) => {
    expect(message(login, style)).toBe(written);
  });
});

describe('messages that Dovecot has no like of', () => {
  it('tells of what was passed on, in words that no filter takes for a login', () => {
    expect(message(proxiedLogin({ outcome: 'unseen' }), '2.4')).toBe('Passed through to dovecot (192.0.2.200:143)');
    const mail = proxiedLogin({ protocol: 'smtp', outcome: 'none', reasonCode: 'no_auth_attempts', user: null });
    expect(message(mail, '2.3')).toBe('Passed on without login to dovecot (192.0.2.200:143)');
  });

  // Dovecots with a policy server that answered -1 wrote `Connection closed (auth failed, 1 attempts in 3 secs)`, in 2.4 with `(auth_failed)`.
  it('takes what a policy refused for a login that failed, as Dovecot does', () => {
    const login = gone('policy_refused', { outcome: 'refused', attempt: 1, duration: 3_100 });
    expect(message(login, '2.3')).toBe('Disconnected: Authentication failed (auth failed, 1 attempts in 3 secs)');
    expect(message(login, '2.4')).toBe(
      'Login aborted: Authentication failed (auth failed, 1 attempts in 3 secs) (auth_failed)',
    );
  });

  it('gives a word it does not know as it is, letters and digits alone', () => {
    const login = gone('new_code): user=<x>', { outcome: 'refused', attempt: 2, duration: 0 });
    expect(message(login, '2.4')).toBe(
      'Login aborted: Login refused (new code   user  x , 2 attempts in 0 secs) (new_code___user__x_)',
    );
  });

  it.each(['2.3', '2.4'] as const)('shows nothing of what the backend said (%s)', (style) => {
    const login = proxiedLogin({ outcome: 'failed', reasonCode: 'auth_failed', reason: '): user=<>, rip=6.6.6.6' });
    expect(message(login, style)).not.toContain('6.6.6.6');
  });
});
