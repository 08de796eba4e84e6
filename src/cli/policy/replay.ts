import type { HeardLogin, LoginOutcome, VerdictEffect } from '../../model/index.js';
import type { Decider, Identify, LoginReport, PolicyLogin, Rule } from '../../policy/index.js';
import { FIRST_AFFECTED } from './limits.js';

/** A login that a rule would have done something to. */
export interface AffectedLogin {
  readonly login: HeardLogin;
  /** As it is recognised now. */
  readonly seen: PolicyLogin['client'];
  /** What the rule would have done; null: no more than a line in the log. */
  readonly effect: VerdictEffect | null;
}

export interface OutcomeCounts {
  /** The password was right. */
  readonly good: number;
  readonly failed: number;
  /** Refused by a policy, not tried, or not told of. */
  readonly other: number;
}

/** What one rule would have done. */
export interface RuleFigures {
  readonly rule: Rule;
  readonly logins: OutcomeCounts;
  readonly users: number;
  /** Users whose good logins it would have hit. */
  readonly goodUsers: number;
  /** Logins that no rule had hit when they happened. */
  readonly new: number;
  readonly first: readonly AffectedLogin[];
}

export interface ReplayFigures {
  /** In the order of the file. */
  readonly rules: readonly RuleFigures[];
  readonly logins: OutcomeCounts;
  readonly users: number;
  /** By rules that make a login wait or refuse it. */
  readonly hit: OutcomeCounts;
  /** Logins before the period, which the rules learned from. */
  readonly before: number;
  /** Milliseconds since 1970; null without a login in the period. */
  readonly from: number | null;
  readonly to: number | null;
  /** Logins whose address was cut to a network. */
  readonly cut: number;
  /** Logins that a policy refused: nobody knows whether their passwords were right. */
  readonly refused: number;
}

interface Tally {
  good: number;
  failed: number;
  other: number;
}

interface RuleTally {
  readonly rule: Rule;
  readonly logins: Tally;
  readonly users: Set<string>;
  readonly goodUsers: Set<string>;
  readonly first: AffectedLogin[];
  new: number;
}

/**
 * Lets logins that happened pass by a decider, and counts what its rules say. The logins end as they did: what a rule would have kept from happening, it has not.
 * All its rules only report, and users are called by their keys.
 */
export class Replay {
  readonly #decider: Decider;
  readonly #identify: Identify;
  readonly #rules: ReadonlyMap<string, RuleTally>;
  readonly #since: number;
  readonly #logins = newTally();
  readonly #hit = newTally();
  readonly #users = new Set<string>();
  #before = 0;
  #cut = 0;
  #refused = 0;
  #from: number | null = null;
  #to: number | null = null;

  /** @param since milliseconds since 1970: earlier logins are learned from, and not counted */
  constructor(decider: Decider, identify: Identify, rules: readonly Rule[], since: number) {
    this.#decider = decider;
    this.#identify = identify;
    this.#since = since;
    this.#rules = new Map(
      rules.map((rule) => [
        rule.name,
        { rule, logins: newTally(), users: new Set(), goodUsers: new Set(), first: [], new: 0 },
      ]),
    );
  }

  /** To be called in the order of their times. */
  take(heard: HeardLogin): void {
    const login = this.#loginOf(heard);
    const { verdict } = this.#decider.decide(login);
    const report = reportOf(heard.outcome, heard.effect);
    if (report !== null) this.#decider.report(login, report);
    if (heard.time < this.#since) {
      this.#before++;
      return;
    }
    this.#from ??= heard.time;
    this.#to = heard.time;
    if (heard.remote?.includes('/') === true) this.#cut++;
    if (heard.effect.action === 'reject') this.#refused++;
    if (heard.userKey !== null) this.#users.add(heard.userKey);
    const outcome = kindOf(heard.outcome);
    this.#logins[outcome]++;
    const tally = verdict.source === 'rules' && verdict.rule !== null ? this.#rules.get(verdict.rule) : undefined;
    if (tally === undefined) return;
    tally.logins[outcome]++;
    if (verdict.ignored !== null) this.#hit[outcome]++;
    if (heard.rule === null) tally.new++;
    if (heard.userKey !== null) {
      tally.users.add(heard.userKey);
      if (outcome === 'good') tally.goodUsers.add(heard.userKey);
    }
    if (tally.first.length < FIRST_AFFECTED) {
      tally.first.push({ login: heard, seen: login.client, effect: verdict.ignored });
    }
  }

  figures(): ReplayFigures {
    return {
      rules: Array.from(this.#rules.values(), ({ users, goodUsers, ...rest }) => ({
        ...rest,
        users: users.size,
        goodUsers: goodUsers.size,
      })),
      logins: this.#logins,
      users: this.#users.size,
      hit: this.#hit,
      before: this.#before,
      from: this.#from,
      to: this.#to,
      cut: this.#cut,
      refused: this.#refused,
    };
  }

  #loginOf(heard: HeardLogin): PolicyLogin {
    const { time, session, userKey, remote, protocol, port, sni, mechanism, tls, tlsVersion, clientId, views } = heard;
    const seen = this.#identify(views);
    return {
      time,
      session,
      user: userKey,
      remote,
      protocol,
      port,
      sni,
      mechanism,
      tls,
      tlsVersion,
      clientId,
      views,
      client: { ...seen, device: seen.device ?? heard.device },
    };
  }
}

const newTally = (): Tally => ({ good: 0, failed: 0, other: 0 });

function kindOf(outcome: LoginOutcome | null): keyof OutcomeCounts {
  return outcome === 'succeeded' ? 'good' : outcome === 'failed' ? 'failed' : 'other';
}

/** As a mail server would have told it; null: it told nothing. */
function reportOf(outcome: LoginOutcome | null, effect: VerdictEffect): LoginReport | null {
  switch (outcome) {
    case null:
      return null;
    case 'succeeded':
      return { success: true, policyReject: false, failType: null };
    case 'failed':
      return { success: false, policyReject: false, failType: 'credentials' };
    case 'refused':
      // A policy's refusal counts as a failure; a login that was not tried for another reason does not.
      return effect.action === 'reject'
        ? { success: false, policyReject: true, failType: 'policy' }
        : { success: false, policyReject: false, failType: 'internal' };
    case 'none':
      return { success: false, policyReject: false, failType: 'internal' };
  }
}
