import type { Evidence, ListEntry, VerdictEffect } from '../../model/index.js';
import type { Decision } from '../decide/options.js';
import type { AllowAnswer } from './answers.js';
import { expirationText } from './expiration.js';
import { MAX_ANSWER_ATTRIBUTE } from './limits.js';

/**
 * What a mail server is told: wforce's three fields, all of them always.
 *
 * @param client the name of what was recognised; null: nothing was
 */
export function answerOf({ verdict, evidence, listed }: Decision, client: string | null): AllowAnswer {
  const attributes: Record<string, string> = { verdict: effectText(verdict) };
  if (verdict.rule !== null) attributes.rule = verdict.rule;
  if (verdict.ignored !== null) attributes.would = effectText(verdict.ignored);
  if (listed !== undefined) Object.assign(attributes, listAttributes(listed));
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

/** What wforce tells of the entries of its lists. `key` is what the entry is about, `iplogin` for both. */
function listAttributes({ list, ip, login, ja3, expires, reason }: ListEntry): Readonly<Record<string, string>> {
  const parts = { ip, login, ja3 };
  return {
    [list === 'allow' ? 'whitelisted' : 'blacklisted']: '1',
    expiration: expirationText(expires),
    reason: reason.slice(0, MAX_ANSWER_ATTRIBUTE),
    key: (['ip', 'login', 'ja3'] as const).filter((part) => parts[part] !== null).join(''),
  };
}

/** `failed_users 25 (at_least 20, window 600)` */
function evidenceText({ condition, found, numbers }: Evidence): string {
  const beside = Object.entries(numbers).map(([name, number]) => `${name} ${number}`);
  return `${condition} ${found}${beside.length > 0 ? ` (${beside.join(', ')})` : ''}`;
}
