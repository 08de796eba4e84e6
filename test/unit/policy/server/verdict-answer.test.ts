import { describe, expect, it } from 'vitest';
import type { LabelRow, Recognition, Verdict } from '../../../../src/model/index.js';
import { allowAnswer } from '../../../../src/policy/server/answers.js';
import { MAX_ANSWER_ATTRIBUTE } from '../../../../src/policy/server/limits.js';
import { answerOf } from '../../../../src/policy/server/verdict-answer.js';

const label: LabelRow = {
  client: 'Mutt',
  version: '2.2.9',
  tlsLibrary: 'GnuTLS',
  source: 'test',
  view: 'ja3',
  hash: 'f35ce21b44ac0b87d3266294bb1b0e20',
  string: null,
  kind: 'user agent',
  weight: 1,
  quality: 'measured',
  sourceRow: 1,
  licence: 'CC0',
  captured: null,
};
const recognition: Recognition = {
  rung: 'ja3',
  score: 1,
  confidence: 1,
  family: 'GnuTLS',
  candidates: [{ label, share: 1 }],
  difference: null,
};
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
    [
      'tells of the allow list as wforce does',
      { ...allow, rule: 'allow list', source: 'list' },
      { status: 0, msg: '', r_attrs: { verdict: 'allow', rule: 'allow list', whitelisted: '1' } },
    ],
    [
      'tells of the block list as wforce does',
      { ...allow, action: 'reject', message: null, rule: 'block list', source: 'list' },
      { status: -1, msg: '', r_attrs: { verdict: 'reject', rule: 'block list', blacklisted: '1' } },
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

  it.each<[Recognition['rung'], string]>([
    ['ja3', 'Mutt 2.2.9'],
    ['unordered', 'Mutt 2.2.9'],
    // Below, labels are no names.
    ['stack', 'GnuTLS'],
    ['nearest', 'GnuTLS'],
  ])('names the client on the rung %s: %s', (rung, name) => {
    const answer = answerOf({ verdict: allow, evidence: [] }, { ...recognition, rung });
    expect(answer.r_attrs.client).toBe(name);
  });

  it.each<[string, Recognition | null]>([
    ['nothing was asked', null],
    ['nothing was found', { ...recognition, rung: 'none', candidates: [] }],
    ['the family is not known', { ...recognition, rung: 'stack', family: null }],
  ])('names no client where %s', (_, found) => {
    expect(answerOf({ verdict: allow, evidence: [] }, found).r_attrs).not.toHaveProperty('client');
  });
});
