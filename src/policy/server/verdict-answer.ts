import type { Evidence, Recognition, VerdictEffect } from '../../model/index.js';
import type { Decision } from '../decide/options.js';
import type { AllowAnswer } from './answers.js';
import { MAX_ANSWER_ATTRIBUTE } from './limits.js';

/** What a mail server is told: wforce's three fields, all of them always. */
export function answerOf({ verdict, evidence }: Decision, recognition: Recognition | null): AllowAnswer {
  const attributes: Record<string, string> = { verdict: effectText(verdict) };
  if (verdict.rule !== null) attributes.rule = verdict.rule;
  if (verdict.ignored !== null) attributes.would = effectText(verdict.ignored);
  // wforce's own sign of its lists.
  if (verdict.source === 'list') attributes[verdict.rule === 'allow list' ? 'whitelisted' : 'blacklisted'] = '1';
  const client = clientName(recognition);
  if (client !== null) attributes.client = client.slice(0, MAX_ANSWER_ATTRIBUTE);
  if (evidence.length > 0) attributes.evidence = evidence.map(evidenceText).join('; ').slice(0, MAX_ANSWER_ATTRIBUTE);
  return { status: statusOf(verdict), msg: messageOf(verdict), r_attrs: attributes };
}

function statusOf(effect: VerdictEffect): number {
  if (effect.action === 'reject') return -1;
  return effect.action === 'tarpit' ? effect.seconds : 0;
}

function messageOf(effect: VerdictEffect): string {
  return effect.action === 'reject' ? (effect.message ?? '') : '';
}

function effectText(effect: VerdictEffect): string {
  return effect.action === 'tarpit' ? `tarpit ${effect.seconds}` : effect.action;
}

/** The heaviest label; below the rung `unordered` labels are no names, and the family is all that is known. */
function clientName(recognition: Recognition | null): string | null {
  if (recognition === null) return null;
  if (recognition.rung === 'stack' || recognition.rung === 'nearest') return recognition.family;
  const label = recognition.candidates[0]?.label;
  return label === undefined ? null : `${label.client} ${label.version}`.trim();
}

/** `failed_users 25 (at_least 20, window 600)` */
function evidenceText({ condition, found, numbers }: Evidence): string {
  const beside = Object.entries(numbers).map(([name, number]) => `${name} ${number}`);
  return `${condition} ${found}${beside.length > 0 ? ` (${beside.join(', ')})` : ''}`;
}
