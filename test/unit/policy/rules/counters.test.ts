import { expect, it } from 'vitest';
import { counterSpecsOf } from '../../../../src/policy/rules/index.js';
import { ruleWhen } from '../../../harness/policy/rules.js';

it('keeps one count for each that rules ask for, in whatever order its keys stand', () => {
  const spray = { count: 'failed_users', per: ['network', 'fingerprint'], window: 600, atLeast: 10 } as const;
  const specs = counterSpecsOf([
    ruleWhen({ counts: [{ ...spray, timesUsual: null }] }),
    ruleWhen(
      { tls: true },
      { unless: [{ counts: [{ ...spray, per: ['fingerprint', 'network'], atLeast: 99, timesUsual: 2 }] }] },
    ),
    ruleWhen({
      counts: [
        { ...spray, window: 60, timesUsual: null },
        { ...spray, count: 'logins', timesUsual: null },
      ],
    }),
  ]);
  const per = ['fingerprint', 'network'];
  expect(specs).toEqual([
    { count: 'failed_users', per, window: 600, usual: true },
    { count: 'failed_users', per, window: 60, usual: false },
    { count: 'logins', per, window: 600, usual: false },
  ]);
});
