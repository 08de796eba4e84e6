import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { FailType, LoginEnd, LoginFacts, ProxiedLogin } from '../../src/model/index.js';
import { PolicyClient, policyDefaults } from '../../src/policy/index.js';
import { PASSWORD } from '../harness/mail/dovecot.js';
import { NONCE } from '../harness/policy/dovecot.js';
import type { RecordedLogin } from '../harness/policy/record.js';
import { always, type RawRequest, startPolicyServer } from '../harness/policy/server.js';
import { helloOfMutt, proxiedLogin } from '../harness/proxied-login.js';

/** The logins as our proxy would have seen them. */
const played: Readonly<Record<string, Partial<ProxiedLogin> & { readonly password?: string }>> = {
  good: {
    user: 'U1',
    clientId: [
      ['name', 'Mu"t\\t'],
      ['x', null],
      ['os', 'a/bé'],
    ],
  },
  'wrong password': { password: 'wrong' },
  'unknown user': { user: 'nobody', password: 'wrong' },
  'inside TLS': {
    tls: true,
    fingerprint: {
      ...helloOfMutt,
      sslJa3: { ...helloOfMutt.sslJa3, '3.5': { string: '', hash: 'f'.repeat(32) } },
    },
  },
  pop3: { protocol: 'pop3' },
  submission: { protocol: 'submission' },
  sieve: { protocol: 'managesieve' },
};

const failTypes: Readonly<Record<string, FailType>> = { 'wrong password': 'credentials', 'unknown user': 'account' };

function factsOf(login: string): LoginFacts {
  return proxiedLogin({
    user: 'u1',
    session: 'S'.repeat(16),
    remote: { ip: '127.0.0.1', port: 40_000 },
    tls: false,
    fingerprint: null,
    clientId: null,
    ...played[login],
  });
}

/** How a recorded login ended, by its report. */
function endOf({ login, requests }: RecordedLogin): LoginEnd {
  const { success, policy_reject: policyReject } = JSON.parse(requests.at(-1)!.body) as Record<string, boolean>;
  return {
    success: success!,
    policyReject: policyReject!,
    failType: policyReject ? 'policy' : (failTypes[login] ?? null),
  };
}

const ours = { 'attrs/ja3': null, 'attrs/ja3n': null, 'attrs/ja4': null, 'attrs/client': null };

/** What is the same whoever asks. Dovecot tells its time besides, and its name. */
function comparable({ line, headers, body }: RawRequest) {
  const said = headers
    .filter(([name]) => name !== 'Date' && name !== 'User-Agent' && name !== 'Host')
    .map(([name, value]) => `${name}:${name === 'Connection' ? value.toLowerCase() : value}`);
  return { line, headers: said.sort(), body };
}

describe.each([
  ['2.3', { ...ours, 'attrs/ssl_ja3': null, fail_type: null }],
  ['2.4', ours],
])('what Dovecot %s sent', (version, attributes) => {
  const recorded = JSON.parse(
    readFileSync(new URL(`../data/policy/dovecot-${version}.json`, import.meta.url), 'utf8'),
  ) as RecordedLogin[];

  it.each(recorded.map((login) => [login.login, login] as const))('is what we send: %s', async (name, login) => {
    const server = await startPolicyServer(always({ status: 0 }));
    const client = new PolicyClient(
      {
        ...policyDefaults,
        url: `http://us%40er:p%40w@127.0.0.1:${server.port}/`,
        apiHeader: 'X-Key: a key',
        nonce: NONCE,
        attributes,
        timeout: 10_000,
        openssl: '3.5',
      },
      { notices: { info: () => {}, warn: () => {} }, clientName: () => null, now: () => 0 },
    );
    const facts = factsOf(name);
    const password = Buffer.from(played[name]?.password ?? PASSWORD);
    const questions = login.requests.filter(({ line }) => line.includes('allow')).length;
    await client.beforeAuth(facts, password);
    if (questions === 2) await client.afterAuth(facts, password);
    client.report(facts, password, endOf(login));
    await client.close();
    await server.close();
    expect(server.requests.map(comparable)).toEqual(login.requests.map(comparable));
    expect(server.requests.every(({ headers }) => headers.some(([name]) => name === 'Host'))).toBe(true);
  });
});
