import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LoginEnd, VerdictEffect } from '../../src/model/index.js';
import {
  PolicyClient,
  type PolicyClientOptions,
  policyDefaults,
  type Rule,
  type RuleAction,
} from '../../src/policy/index.js';
import { Folder, freePorts } from '../harness/mail/running.js';
import { NONCE } from '../harness/policy/dovecot.js';
import { ruleWhen } from '../harness/policy/rules.js';
import { type PolicyService, startPolicyService } from '../harness/policy/service.js';
import { helloOfMutt, proxiedLogin } from '../harness/proxied-login.js';

// Our client asks our server. What each does with others is held elsewhere: here both must mean the same.

const effects: Readonly<Record<string, Exclude<VerdictEffect, { action: 'allow' }>>> = {
  refused: { action: 'reject', message: 'Not "you", ever' },
  'refused without words': { action: 'reject', message: null },
  slow: { action: 'tarpit', seconds: 2 },
  'slower than anybody waits': { action: 'tarpit', seconds: 600 },
};
const LONGEST = 30;

const ruleFor = (user: string, action: RuleAction, enforce: boolean): Rule =>
  ruleWhen({ user: [user] }, { name: `rule for ${user}`, action, enforce });

const RULES: readonly Rule[] = [
  ...Object.entries(effects).flatMap(([user, effect]) => [
    ruleFor(user, effect, true),
    ruleFor(`${user}, reported`, effect, false),
  ]),
  ruleFor('logged', { action: 'log' }, true),
];

/** What a login is told to wait at most, by whoever decides. */
const capped = (effect: VerdictEffect): VerdictEffect =>
  effect.action === 'tarpit' ? { ...effect, seconds: Math.min(effect.seconds, LONGEST) } : effect;

const ENDS: readonly (readonly [string, LoginEnd])[] = [
  ['succeeded', { success: true, policyReject: false, failType: null }],
  ['failed', { success: false, policyReject: false, failType: 'credentials' }],
  ['refused', { success: false, policyReject: true, failType: 'policy' }],
];

describe('our client and our server', () => {
  let folder: Folder;
  let port: number;
  let service: PolicyService;
  const clients: PolicyClient[] = [];

  beforeAll(async () => {
    folder = new Folder();
    ({ port } = await freePorts('port'));
    service = await startPolicyService({ port, database: folder.at('policy.db'), rules: RULES });
  });
  afterAll(async () => {
    for (const client of clients) await client.close();
    await service?.close();
    folder?.remove();
  });

  function clientOf(options: Partial<PolicyClientOptions> = {}): PolicyClient {
    const client = new PolicyClient(
      { ...policyDefaults, url: `http://127.0.0.1:${port}/`, nonce: NONCE, timeout: 30_000, ...options },
      { notices: { info: () => {}, warn: () => {} }, clientName: () => null, now: () => performance.now() },
    );
    clients.push(client);
    return client;
  }

  const facts = (user: string) => proxiedLogin({ user, session: `session of ${user}` });
  const password = Buffer.from('never to be seen');

  it.each(Object.entries(effects))('%s: before, after, reported, only logged', async (user, effect) => {
    const client = clientOf();
    const [name, wanted] = [`rule for ${user}`, capped(effect)];
    const said = { rule: name, source: 'server', ignored: null };
    expect(await client.beforeAuth(facts(user), password)).toEqual({ ...wanted, ...said });
    // A tarpit comes too late then.
    expect(await client.afterAuth(facts(user), password)).toEqual(
      wanted.action === 'reject' ? { ...wanted, ...said } : { ...said, action: 'allow', ignored: wanted },
    );
    expect(await clientOf({ logOnly: true }).beforeAuth(facts(user), password)).toEqual({
      ...said,
      action: 'allow',
      ignored: wanted,
    });
    // Where the server itself only reports, there is nothing for a client to ignore.
    expect(await client.beforeAuth(facts(`${user}, reported`), password)).toEqual({
      ...said,
      rule: `${name}, reported`,
      action: 'allow',
    });
  });

  it('no rule, and one that only logs', async () => {
    const client = clientOf();
    const allowed = { action: 'allow', source: 'server', ignored: null };
    expect(await client.beforeAuth(facts('somebody'), password)).toEqual({ ...allowed, rule: null });
    expect(await client.afterAuth(facts('logged'), password)).toEqual({ ...allowed, rule: 'rule for logged' });
  });

  it.each(ENDS)('a login that %s is kept as one, with all that was told', async (outcome, end) => {
    const client = clientOf();
    const user = `one that ${outcome}`;
    await client.beforeAuth(facts(user), password);
    client.report(facts(user), password, end);
    const [heard, ...more] = await service.reported(user, 1);
    expect(more).toEqual([]);
    expect(heard).toMatchObject({
      session: `session of ${user}`,
      remote: '192.0.2.7',
      protocol: 'imap',
      tls: true,
      clientId: [['name', 'Mutt']],
      outcome,
      effect: { action: 'allow' },
      source: 'rules',
      views: {
        ja3: { hash: helloOfMutt.ja3.hash },
        ja3n: { hash: helloOfMutt.ja3n.hash },
        sslJa3: { hash: helloOfMutt.sslJa3['3.0'].hash },
        ja4: { hash: helloOfMutt.ja4!.hash },
      },
    });
  });

  it('the password is in no file, hashed or not', async () => {
    await service.reported('one that failed', 1);
    const bytes = ['policy.db', 'policy.db-wal'].map((name) => folder.read(name)).join('');
    expect(bytes).toContain('session of one that failed');
    expect(bytes).not.toContain('never to be seen');
    expect(bytes).not.toContain('pwhash');
  });
});
