import { describe, expect, it } from 'vitest';
import { evidenceText } from '../../../../src/cli/commands/policy/evidence-text.js';
import { policyJsonSchema } from '../../../../src/config/index.js';
import type { Evidence } from '../../../../src/model/index.js';

interface Schema {
  readonly properties: Readonly<Record<string, Schema>>;
  readonly items: Schema;
}

const text = (condition: string, found: Evidence['found'], numbers: Evidence['numbers'] = {}) =>
  evidenceText({ condition, found, numbers });

describe('what a condition found, in words', () => {
  it('has words for every condition that a policy file may have', () => {
    const { rules } = (policyJsonSchema() as unknown as Schema).properties;
    const conditions = Object.keys(rules!.items.properties.when!.properties);
    expect(conditions).toContain('failed_users');
    expect(conditions.length).toBeGreaterThan(20);
    for (const condition of conditions) expect(text(condition, true)).not.toMatch(new RegExp(`^${condition}:`));
  });

  it.each([
    ['fingerprint', 'd39e', {}, 'its fingerprint is d39e, which the rule names'],
    [
      'new_client',
      true,
      { logins: 7, days: 20.5, same: 0 },
      'the user has never logged in with this client (7 good logins in 20 days before this one)',
    ],
    [
      'new_network',
      true,
      { logins: 1, days: 1, same: 0 },
      'the user has never logged in from this network (1 good login in 1 day before this one)',
    ],
    ['new_client', false, { logins: 7, days: 20, same: 3 }, 'the user has logged in with this client 3 times before'],
    [
      'never_succeeded',
      21,
      { at_least: 20 },
      'its fingerprint has failed 21 times and never succeeded (the rule wants at least 20)',
    ],
    [
      'failures',
      1200,
      { at_least: 100, window: 86400 },
      '1,200 logins failed within 1 day (the rule wants at least 100)',
    ],
    ['users', 1, { at_least: 1, window: 90 }, '1 user within 90 seconds (the rule wants at least 1)'],
    ['sni', 'none', {}, 'it asked for no server name'],
    [
      'block_list',
      'ip+ja3',
      { expires: 1_700_000_000 },
      'it is on the block list by ip and ja3 until 2023-11-14T22:13:20Z',
    ],
    // Of a database that somebody wrote into.
    ['block_list', 'ip', { expires: 1e300 }, 'it is on the block list by ip'],
    // From a later version.
    ['phase_of_moon', 'full', { day: 14 }, 'phase_of_moon: full, day 14'],
  ] as const)('%s %s', (condition, found, numbers, words) => {
    expect(text(condition, found, numbers)).toBe(words);
  });
});
