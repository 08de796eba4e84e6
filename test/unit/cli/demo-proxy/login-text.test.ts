import { describe, expect, it } from 'vitest';
import { loginText } from '../../../../src/cli/demo-proxy/login-text.js';
import { mutt } from '../../../harness/observation.js';
import { proxiedLogin } from '../../../harness/proxied-login.js';

describe('a login in words', () => {
  it('says who came, how it ended, and every hash', () => {
    const [first, second, ...others] = loginText(proxiedLogin()).split('\n');
    expect(first).toBe('alice@example.org logged in (imaps): a program that is not known');
    expect(second).toContain(`ja3_hash ${mutt.ja3Hash}  ssl_ja3_hash ${mutt.sslJa3Hash}  ja4 t13d2913ap_`);
    expect(others).toEqual(['']);
  });

  it.each([
    ['failed', 'wrong password', /^alice@example\.org failed to log in, wrong password \(imaps\): /],
    ['refused', 'no backend', /^alice@example\.org could not log in, no backend \(imaps\): /],
    ['none', null, /^alice@example\.org left without a login \(imaps\): /],
  ] as const)('says that it %s, and why', (outcome, reason, expected) => {
    expect(loginText(proxiedLogin({ outcome, reason }))).toMatch(expected);
  });

  it('needs neither a user nor TLS', () => {
    const none = proxiedLogin({ outcome: 'none', user: null, tls: false, fingerprint: null });
    expect(loginText(none)).toBe('somebody left without a login (imaps): no TLS\n');
  });

  it('shows nothing of a user name but text', () => {
    const text = loginText(proxiedLogin({ user: '\u001b[2Ja\nb\u202e', reason: '\u0007', outcome: 'failed' }));
    expect(text).toMatch(/^(?:[\x20-\x7e]+\n){2}$/);
  });
});
