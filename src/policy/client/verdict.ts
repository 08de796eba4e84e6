import type { Verdict, VerdictEffect, VerdictSource } from '../../model/index.js';
import type { PolicyAnswer } from './response.js';

export interface VerdictOptions {
  readonly rejectOnFail: boolean;
  readonly logOnly: boolean;
  /** Seconds; 0: no login is made to wait. */
  readonly maxTarpit: number;
}

/** A check that is not made. */
export const notAsked: Verdict = { action: 'allow', rule: null, source: 'off', ignored: null };

/**
 * What an answer means, as in Dovecot: below 0 refuses; above 0 makes the login wait, before its password is tried and never after.
 *
 * @param answer null: the server could not be asked
 */
export function verdictOf(answer: PolicyAnswer | null, when: 'before' | 'after', options: VerdictOptions): Verdict {
  const source: VerdictSource = answer === null ? 'failure' : 'server';
  const effect = answer === null ? ofFailure(options) : ofAnswer(answer, options);
  const canWait = when === 'before' && options.maxTarpit > 0;
  const isObeyed = !options.logOnly && (effect.action !== 'tarpit' || canWait);
  const reason = { rule: answer?.rule ?? null, source };
  if (isObeyed || effect.action === 'allow') return { ...effect, ...reason, ignored: null };
  return { action: 'allow', ...reason, ignored: effect };
}

function ofFailure({ rejectOnFail }: VerdictOptions): VerdictEffect {
  return rejectOnFail ? { action: 'reject', message: null } : { action: 'allow' };
}

function ofAnswer({ status, message }: PolicyAnswer, { maxTarpit }: VerdictOptions): VerdictEffect {
  if (status < 0) return { action: 'reject', message };
  if (status === 0) return { action: 'allow' };
  return { action: 'tarpit', seconds: maxTarpit > 0 ? Math.min(status, maxTarpit) : status };
}
