import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FailType, LoginEnd, LoginFacts, Verdict } from '../../../../src/model/index.js';
import type { AttemptOutcome } from '../../../../src/proxy/attempt.js';
import { decideLogin, passwordShown, Tarpits } from '../../../../src/proxy/policy/index.js';
import type { LoginPolicy } from '../../../../src/proxy/ports.js';
import { Secret } from '../../../../src/proxy/secret.js';
import type { RecordedLogin } from '../../../harness/policy/record.js';
import { proxiedLogin } from '../../../harness/proxied-login.js';

const reason = { rule: null, source: 'server', ignored: null } as const;
const allow: Verdict = { action: 'allow', ...reason };
const reject: Verdict = { action: 'reject', message: 'no', ...reason };
const wouldReject: Verdict = { ...allow, ignored: { action: 'reject', message: 'no' } };
const tarpit = (seconds: number): Verdict => ({ action: 'tarpit', seconds, ...reason });

/** A policy that says what a test tells it, and everything that happened, in order. */
function scene(
  before: Verdict,
  after: Verdict,
  outcome: AttemptOutcome = 'succeeded',
  facts: Partial<LoginFacts> = {},
) {
  const happened: (string | LoginEnd)[] = [];
  const policy: LoginPolicy = {
    beforeAuth: async () => {
      happened.push('before');
      return before;
    },
    afterAuth: async () => {
      happened.push('after');
      return after;
    },
    report: (_login, _password, end) => void happened.push(end),
  };
  const leaving = new AbortController();
  const attempt = {
    login: () => proxiedLogin(facts),
    password: Buffer.from('pass'),
    signal: leaving.signal,
    authenticate: async () => {
      happened.push('backend');
      return { outcome };
    },
  };
  return { policy, attempt, happened, leaving };
}

const end = (success: boolean, policyReject: boolean, failType: FailType | null): LoginEnd => ({
  success,
  policyReject,
  failType,
});

describe('decideLogin', () => {
  it.each([
    ['good', allow, allow, 'succeeded', ['before', 'backend', 'after', end(true, false, null)], 'backend'],
    ['wrong password', allow, allow, 'failed', ['before', 'backend', end(false, false, 'credentials')], 'backend'],
    ['no backend', allow, allow, 'unavailable', ['before', 'backend', end(false, false, 'internal')], 'backend'],
    ['refused before', reject, allow, 'succeeded', ['before', end(false, true, 'policy')], 'policy'],
    ['refused after', allow, reject, 'succeeded', ['before', 'backend', 'after', end(false, true, 'policy')], 'policy'],
    ['log only', wouldReject, allow, 'succeeded', ['before', 'backend', 'after', end(true, true, null)], 'backend'],
    [
      'log only, after',
      allow,
      wouldReject,
      'succeeded',
      ['before', 'backend', 'after', end(true, true, null)],
      'backend',
    ],
  ] as const)('%s', async (_, before, after, outcome, order, by) => {
    const { policy, attempt, happened } = scene(before, after, outcome);
    const decided = await decideLogin(policy, new Tarpits(1), attempt);
    expect(happened).toEqual(order);
    expect(decided.by).toBe(by);
  });

  it('asks and reports in the order that Dovecot did', async () => {
    const url = new URL('../../../data/policy/dovecot-2.4.json', import.meta.url);
    const recorded = JSON.parse(readFileSync(url, 'utf8')) as RecordedLogin[];
    const scenes: Readonly<Record<string, ReturnType<typeof scene>>> = {
      good: scene(allow, allow),
      'wrong password': scene(allow, allow, 'failed'),
      'refused before': scene(reject, allow),
      'refused after': scene(allow, reject),
    };
    for (const [name, { policy, attempt, happened }] of Object.entries(scenes)) {
      await decideLogin(policy, new Tarpits(1), attempt);
      const wanted = recorded
        .find(({ login }) => login === name)!
        .requests.map(({ line, body }) => {
          if (line.includes('allow')) return 'allow';
          const { success, policy_reject: policyReject, fail_type: failType } = JSON.parse(body);
          return { success, policyReject, failType: failType === '' ? null : failType };
        });
      const asked = happened.filter((what) => what !== 'backend');
      expect(asked.map((what) => (typeof what === 'string' ? 'allow' : what))).toEqual(wanted);
    }
  });

  it('tells the message and the verdict that refused, and gives the backend’s answer back to be closed', async () => {
    const { policy, attempt } = scene(allow, reject);
    expect(await decideLogin(policy, new Tarpits(1), attempt)).toEqual({
      by: 'policy',
      message: 'no',
      answer: { outcome: 'succeeded' },
      verdict: reject,
    });
  });

  it('asks afterwards alone where the user shows late', async () => {
    const { policy, attempt, happened } = scene(reject, allow, 'succeeded', { user: null });
    expect(await decideLogin(policy, new Tarpits(1), attempt)).toMatchObject({ by: 'backend', verdict: allow });
    expect(happened).toEqual(['backend', 'after', end(true, false, null)]);
  });
});

describe('tarpits', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('hold the backend back, for as long as was said', async () => {
    const { policy, attempt, happened } = scene(tarpit(3), allow);
    const tarpits = new Tarpits(1);
    const decided = decideLogin(policy, tarpits, attempt);
    await vi.advanceTimersByTimeAsync(2999);
    expect(happened).toEqual(['before']);
    expect(tarpits.held).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(await decided).toMatchObject({ by: 'backend', verdict: { action: 'tarpit' } });
    expect(tarpits.held).toBe(0);
  });

  it('let go of a client that leaves, and report nothing', async () => {
    const { policy, attempt, happened, leaving } = scene(tarpit(30), allow);
    const tarpits = new Tarpits(1);
    const decided = decideLogin(policy, tarpits, attempt);
    await vi.advanceTimersByTimeAsync(1000);
    leaving.abort();
    expect(await decided).toMatchObject({ by: 'leaving' });
    expect([happened, tarpits.held, vi.getTimerCount()]).toEqual([['before'], 0, 0]);
  });

  it('have so much room and no more: who finds none is put off, and no backend asked', async () => {
    const tarpits = new Tarpits(2);
    const scenes = Array.from({ length: 3 }, () => scene(tarpit(5), allow));
    const decided = scenes.map(({ policy, attempt }) => decideLogin(policy, tarpits, attempt));
    await vi.advanceTimersByTimeAsync(5000);
    expect((await Promise.all(decided)).map(({ by }) => by)).toEqual(['backend', 'backend', 'full_tarpits']);
    expect(scenes[2]!.happened).toEqual(['before', end(false, false, 'internal')]);
    expect(tarpits.held).toBe(0);
  });

  it('are not for a client that has gone already', async () => {
    const { policy, attempt, happened, leaving } = scene(tarpit(5), allow);
    leaving.abort();
    expect(await decideLogin(policy, new Tarpits(1), attempt)).toMatchObject({ by: 'leaving' });
    expect(happened).toEqual(['before']);
  });
});

describe('passwordShown', () => {
  it('is there where a mechanism shows one', () => {
    const password = new Secret(Buffer.from('pass'));
    const [user, authorization] = [Buffer.from('u'), Buffer.alloc(0)];
    expect(passwordShown({ kind: 'password', user, authorization, password })).toEqual(Buffer.from('pass'));
    expect(passwordShown({ kind: 'sasl', initial: password })).toBeNull();
    expect(passwordShown({ kind: 'apop', user, digest: password })).toBeNull();
  });
});
