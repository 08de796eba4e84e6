import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_ATTEMPTS } from '../../../../src/policy/decide/limits.js';
import type { Conditions, RuleAction } from '../../../../src/policy/rules/index.js';
import { OpenDecider } from '../../../harness/policy/decider.js';
import { policyLogin, ruleWhen } from '../../../harness/policy/rules.js';

const ports = fc.subarray([143, 993, 995], { minLength: 1 });
const protocols = fc.subarray(['imap', 'pop3'], { minLength: 1 });
const conditions = fc.record({ port: ports, protocol: protocols, tls: fc.boolean() }, { requiredKeys: [] });
const action = fc.constantFrom<RuleAction>(
  { action: 'log' },
  { action: 'tarpit', seconds: 7 },
  { action: 'reject', message: 'no' },
);
const rules = fc.array(
  fc.record({ when: conditions, unless: fc.array(conditions, { maxLength: 2 }), action, enforce: fc.boolean() }),
  { maxLength: 8 },
);
const login = fc.record({
  port: fc.constantFrom(143, 993, 995),
  protocol: fc.constantFrom('imap', 'pop3'),
  tls: fc.boolean(),
});

type Told = { readonly port: number; readonly protocol: string; readonly tls: boolean };

/** What the words of the contract say, without any order of asking. */
const holds = ({ port, protocol, tls }: Conditions, told: Told): boolean =>
  (port ?? [told.port]).includes(told.port) &&
  (protocol ?? [told.protocol]).includes(told.protocol) &&
  (tls ?? told.tls) === told.tls;

describe('any rules', () => {
  it('the first that fits decides, and obeyed is what is enforced', () => {
    fc.assert(
      fc.property(rules, login, (made, told) => {
        const { decider } = new OpenDecider({
          rules: made.map(({ when, ...rest }, i) => ruleWhen(when as Conditions, { ...rest, name: `r${i}` } as never)),
        });
        const { verdict } = decider.decide(policyLogin(told));
        decider.close();
        const first = made.findIndex(
          ({ when, unless }) =>
            holds(when as Conditions, told) && !unless.some((each) => holds(each as Conditions, told)),
        );
        expect(verdict.rule).toBe(first < 0 ? null : `r${first}`);
        const { action, enforce } = made[first] ?? { action: { action: 'log' }, enforce: true };
        const isDone = enforce && action.action !== 'log';
        expect(verdict.action).toBe(isDone ? action.action : 'allow');
        expect(verdict.ignored).toEqual(!isDone && action.action !== 'log' ? action : null);
      }),
      { numRuns: 500 },
    );
  });

  it('every attempt that was asked about or reported is written once, in whatever order that comes', () => {
    const step = fc.record({
      ask: fc.boolean(),
      session: fc.constantFrom('s1', 's2', 's3', null),
      user: fc.constantFrom('alice', 'bob'),
      wait: fc.constantFrom(0, 1000, 400_000),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const open = new OpenDecider();
        /** Attempts that are asked about, with the time of the first question. */
        const waiting = new Map<string, number>();
        let expected = 0;
        for (const { ask, session, user, wait } of steps) {
          open.now += wait;
          for (const [key, since] of waiting) {
            if (open.now - since < 300_000) continue;
            waiting.delete(key);
            expected++;
          }
          const told = policyLogin({ session, user, time: open.now });
          const key = `${session} ${user}`;
          if (ask) {
            open.decider.decide(told);
            if (!waiting.has(key)) waiting.set(key, open.now);
          } else {
            open.decider.report(told, { success: true, policyReject: false, failType: null });
            waiting.delete(key);
            expected++;
          }
        }
        open.decider.close();
        expect(open.heard).toHaveLength(expected + waiting.size);
        expect(waiting.size).toBeLessThanOrEqual(MAX_ATTEMPTS);
      }),
      { numRuns: 300 },
    );
  });
});
