import { describe, expect, it } from 'vitest';
import type { LoginFacts, OpenSslGeneration, ToldViews, VerdictEffect } from '../../../../src/model/index.js';
import type { Decider } from '../../../../src/policy/decide/index.js';
import { LocalPolicy } from '../../../../src/policy/local/index.js';
import type { LoginReport, PolicyLogin } from '../../../../src/policy/login.js';
import type { LoginPolicy } from '../../../../src/proxy/index.js';
import { helloOfMutt, proxiedLogin } from '../../../harness/proxied-login.js';

/** A decider that always says the same, and what it was told. */
class Saying implements Decider {
  readonly asked: PolicyLogin[] = [];
  readonly reported: [PolicyLogin, LoginReport][] = [];
  readonly #effect: VerdictEffect;

  constructor(effect: VerdictEffect) {
    this.#effect = effect;
  }

  decide(login: PolicyLogin) {
    this.asked.push(login);
    return { verdict: { ...this.#effect, rule: 'mine', source: 'rules' as const, ignored: null }, evidence: [] };
  }

  report(login: PolicyLogin, report: LoginReport) {
    this.reported.push([login, report]);
  }
}

function policyOf(decider: Decider, openssl: OpenSslGeneration = '3.0') {
  const identified: [ToldViews, LoginFacts][] = [];
  // What the proxy wants of a policy.
  const policy: LoginPolicy = new LocalPolicy({
    decider,
    openssl,
    identify: (views, login) => {
      identified.push([views, login]);
      return { device: 'd0', aliases: [], recognition: null };
    },
  });
  return { policy, identified };
}

const password = Buffer.from('secret');

describe('deciding in the same process', () => {
  it.each<[VerdictEffect, object, object]>([
    [{ action: 'allow' }, { action: 'allow', ignored: null }, { action: 'allow', ignored: null }],
    [
      { action: 'tarpit', seconds: 3 },
      { action: 'tarpit', seconds: 3, ignored: null },
      { action: 'allow', ignored: { action: 'tarpit', seconds: 3 } },
    ],
    [
      { action: 'reject', message: 'No.' },
      { action: 'reject', message: 'No.', ignored: null },
      { action: 'reject', message: 'No.', ignored: null },
    ],
  ])('%j before and after the password was tried', async (effect, before, after) => {
    const { policy } = policyOf(new Saying(effect));
    const login = proxiedLogin();
    expect(await policy.beforeAuth(login, password)).toEqual({ ...before, rule: 'mine', source: 'rules' });
    expect(await policy.afterAuth(login, null)).toEqual({ ...after, rule: 'mine', source: 'rules' });
  });

  it('tells rules of a login in their words', async () => {
    const decider = new Saying({ action: 'allow' });
    const { policy, identified } = policyOf(decider);
    const login = proxiedLogin({
      protocol: 'managesieve',
      mechanism: 'plain',
      remote: { ip: '::ffff:192.0.2.7', port: 41_234 },
      local: { ip: '198.51.100.1', port: 4190 },
    });
    await policy.beforeAuth(login, password);
    const { ja3, ja3n, sslJa3, ja4 } = helloOfMutt;
    const views = { ja3, ja3n, sslJa3: sslJa3['3.0'], ja4 };
    const told = {
      time: 1_795_321_725_123,
      session: 'KfNMtNhgEurGM2QV',
      user: 'alice@example.org',
      remote: '192.0.2.7',
      protocol: 'sieve',
      port: 4190,
      sni: 'imap.example.org',
      mechanism: 'PLAIN',
      tls: true,
      tlsVersion: 'TLSv1.3',
      clientId: [['name', 'Mutt']],
      views,
      client: { device: 'd0', aliases: [], recognition: null },
    };
    expect(decider.asked).toEqual([told]);
    expect(identified).toEqual([[views, login]]);
    const end = { success: false, policyReject: false, failType: 'credentials' } as const;
    policy.report(login, password, end);
    expect(decider.reported).toEqual([[told, end]]);
  });

  it('tells the ssl_ja3 of the OpenSSL that is configured', async () => {
    const decider = new Saying({ action: 'allow' });
    const { policy } = policyOf(decider, '3.5');
    const newer = { string: '771,,,,', hash: 'newer' };
    const fingerprint = { ...helloOfMutt, sslJa3: { ...helloOfMutt.sslJa3, '3.5': newer } };
    await policy.beforeAuth(proxiedLogin({ fingerprint }), null);
    expect(decider.asked[0]?.views.sslJa3).toEqual(newer);
  });

  it('tells of no views, no user and no mechanism where there are none', async () => {
    const decider = new Saying({ action: 'allow' });
    const { policy } = policyOf(decider);
    await policy.beforeAuth(proxiedLogin({ fingerprint: null, user: '', mechanism: null }), null);
    expect(decider.asked[0]).toMatchObject({
      user: null,
      mechanism: null,
      views: { ja3: null, ja3n: null, sslJa3: null, ja4: null },
    });
  });
});
