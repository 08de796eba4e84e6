import { expect, it } from 'vitest';
import { outcomeOf } from '../../../../src/policy/decide/index.js';

// Reports of Dovecot 2.3.19 and 2.4.1 and of the proxy (test/data/policy, docs/policy-client.md).
it.each([
  [{ success: true, policyReject: false, failType: null }, 'succeeded'],
  // Only to be logged, there.
  [{ success: true, policyReject: true, failType: '' }, 'succeeded'],
  [{ success: false, policyReject: true, failType: 'credentials' }, 'failed'],
  [{ success: false, policyReject: false, failType: 'credentials' }, 'failed'],
  [{ success: false, policyReject: false, failType: 'account' }, 'failed'],
  [{ success: false, policyReject: false, failType: 'disabled' }, 'failed'],
  [{ success: false, policyReject: false, failType: 'expired' }, 'failed'],
  [{ success: false, policyReject: true, failType: 'policy' }, 'refused'],
  [{ success: false, policyReject: false, failType: 'policy' }, 'refused'],
  [{ success: false, policyReject: false, failType: 'internal' }, 'none'],
  // 2.3 tells no fail type by itself.
  [{ success: false, policyReject: true, failType: null }, 'refused'],
  [{ success: false, policyReject: false, failType: null }, 'failed'],
  [{ success: false, policyReject: false, failType: '' }, 'failed'],
  [{ success: false, policyReject: false, failType: 'something new' }, 'failed'],
] as const)('%j is %s', (report, outcome) => {
  expect(outcomeOf(report)).toBe(outcome);
});
