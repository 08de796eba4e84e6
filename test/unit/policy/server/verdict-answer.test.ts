import { describe, expect, it } from 'vitest';
import type { ListEntry, Verdict } from '../../../../src/model/index.js';
import { allowAnswer } from '../../../../src/policy/server/answers.js';
import { MAX_ANSWER_ATTRIBUTE } from '../../../../src/policy/server/limits.js';
import { answerOf } from '../../../../src/policy/server/verdict-answer.js';

const allow: Verdict = { action: 'allow', rule: null, source: 'rules', ignored: null };
const evidence = [
  { condition: 'failed_users', found: 25, numbers: { at_least: 20, window: 600 } },
  { condition: 'new_client', found: true, numbers: {} },
];

describe('an answer', () => {
  it.each<[string, Verdict, object]>([
    ['lets go on', allow, { status: 0, msg: '', r_attrs: { verdict: 'allow' } }],
    [
      'makes wait',
      { ...allow, action: 'tarpit', seconds: 3, rule: 'spray' },
      { status: 3, msg: '', r_attrs: { verdict: 'tarpit 3', rule: 'spray' } },
    ],
    [
      'refuses with words',
      { ...allow, action: 'reject', message: 'Please call us.', rule: 'spray' },
      { status: -1, msg: 'Please call us.', r_attrs: { verdict: 'reject', rule: 'spray' } },
    ],
    [
      'refuses without words',
      { ...allow, action: 'reject', message: null, rule: 'spray' },
      { status: -1, msg: '', r_attrs: { verdict: 'reject', rule: 'spray' } },
    ],
    [
      'tells what it would have done',
      { ...allow, rule: 'spray', ignored: { action: 'reject', message: 'not for the client' } },
      { status: 0, msg: '', r_attrs: { verdict: 'allow', rule: 'spray', would: 'reject' } },
    ],
  ])('%s', (_, verdict, wanted) => {
    const answer = answerOf({ verdict, evidence: [] }, null);
    expect(answer).toEqual(wanted);
    expect(allowAnswer.safeParse(answer).success).toBe(true);
  });

  it('has the evidence in one line', () => {
    expect(answerOf({ verdict: allow, evidence }, null).r_attrs.evidence).toBe(
      'failed_users 25 (at_least 20, window 600); new_client true',
    );
    const much = answerOf({ verdict: allow, evidence: Array.from({ length: 50 }, () => evidence).flat() }, null);
    expect(much.r_attrs.evidence).toHaveLength(MAX_ANSWER_ATTRIBUTE);
  });

  it('names the client where it has a name', () => {
    expect(answerOf({ verdict: allow, evidence: [] }, 'fdm +6').r_attrs.client).toBe('fdm +6');
    expect(answerOf({ verdict: allow, evidence: [] }, null).r_attrs).not.toHaveProperty('client');
    const long = answerOf({ verdict: allow, evidence: [] }, 'x'.repeat(1000));
    expect(long.r_attrs.client).toHaveLength(MAX_ANSWER_ATTRIBUTE);
  });
});

// Names and values as wforce's own have them (parseAllowCmd in wforce-web.cc).
describe('an answer of a list', () => {
  const none = { ip: null, login: null, ja3: null };
  const entry = (changes: Partial<ListEntry>): ListEntry => ({
    ...none,
    list: 'block',
    expires: Date.UTC(2025, 5, 20, 15, 9, 34) / 1000,
    reason: 'spray',
    ...changes,
  });
  const answered = (listed: ListEntry) => {
    const effect =
      listed.list === 'allow' ? ({ action: 'allow' } as const) : ({ action: 'reject', message: null } as const);
    const verdict: Verdict = { ...effect, rule: `${listed.list} list`, source: 'list', ignored: null };
    return answerOf({ verdict, evidence: [], listed }, null);
  };
  const told = { expiration: '2025-Jun-20 15:09:34', reason: 'spray' };

  it.each<[string, ListEntry['list'], object]>([
    ['allow', 'allow', { verdict: 'allow', rule: 'allow list', whitelisted: '1' }],
    ['block', 'block', { verdict: 'reject', rule: 'block list', blacklisted: '1' }],
  ])('has what wforce tells: %s', (_, list, attributes) => {
    expect(answered(entry({ list, ip: '192.0.2.7' }))).toEqual({
      status: list === 'allow' ? 0 : -1,
      msg: '',
      r_attrs: { ...attributes, ...told, key: 'ip' },
    });
  });

  it.each([
    ['ip', { ip: '192.0.2.0/24' }],
    ['login', { login: 'alice' }],
    ['ja3', { ja3: 'f35ce21b44ac0b87d3266294bb1b0e20' }],
    ['iplogin', { ip: '192.0.2.7', login: 'alice' }],
    ['ipja3', { ip: '192.0.2.7', ja3: 'f35ce21b44ac0b87d3266294bb1b0e20' }],
  ])('calls its key %s', (key, parts) => expect(answered(entry(parts)).r_attrs.key).toBe(key));

  it('cuts a long reason', () => {
    expect(answered(entry({ ip: '::1', reason: 'x'.repeat(1000) })).r_attrs.reason).toHaveLength(MAX_ANSWER_ATTRIBUTE);
  });
});
