import { describe, expect, it } from 'vitest';
import { verdictOf } from '../../../../src/policy/client/verdict.js';

const usual = { rejectOnFail: false, logOnly: false, maxTarpit: 30 };
const answer = (status: number) => ({ status, message: 'm', rule: 'r' });
const tarpit = (seconds: number) => ({ action: 'tarpit', seconds });
const reject = { action: 'reject', message: 'm' };

// The table of Dovecot's auth-policy.c; what is capped is ours.
describe('verdictOf', () => {
  it.each([
    ['before', 0, usual, { action: 'allow', ignored: null }],
    ['before', -1, usual, { ...reject, ignored: null }],
    ['before', -7, usual, { ...reject, ignored: null }],
    ['before', 3, usual, { ...tarpit(3), ignored: null }],
    ['before', 2_000_000, usual, { ...tarpit(30), ignored: null }],
    ['before', 3, { ...usual, maxTarpit: 0 }, { action: 'allow', ignored: tarpit(3) }],
    ['after', 0, usual, { action: 'allow', ignored: null }],
    ['after', -1, usual, { ...reject, ignored: null }],
    ['after', 3, usual, { action: 'allow', ignored: tarpit(3) }],
    ['before', -1, { ...usual, logOnly: true }, { action: 'allow', ignored: reject }],
    ['before', 3, { ...usual, logOnly: true }, { action: 'allow', ignored: tarpit(3) }],
    ['before', 0, { ...usual, logOnly: true }, { action: 'allow', ignored: null }],
    ['after', -1, { ...usual, logOnly: true }, { action: 'allow', ignored: reject }],
  ] as const)('%s: %i', (when, status, options, effect) => {
    expect(verdictOf(answer(status), when, options)).toEqual({ ...effect, rule: 'r', source: 'server' });
  });

  it.each([
    [usual, { action: 'allow', ignored: null }],
    [
      { ...usual, rejectOnFail: true },
      { action: 'reject', message: null, ignored: null },
    ],
    [
      { ...usual, rejectOnFail: true, logOnly: true },
      { action: 'allow', ignored: { action: 'reject', message: null } },
    ],
  ] as const)('no answer: %j', (options, effect) => {
    for (const when of ['before', 'after'] as const) {
      expect(verdictOf(null, when, options)).toEqual({ ...effect, rule: null, source: 'failure' });
    }
  });
});
