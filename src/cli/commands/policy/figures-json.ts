import type { VerdictEffect } from '../../../model/index.js';
import type { AffectedLogin, OutcomeCounts, ReplayFigures, RuleFigures } from '../../policy/replay.js';
import type { Json } from '../db/answer.js';
import type { Replayed } from './test.js';
import { clientText, rateOf, shortKey } from './words.js';

/** The keys of `policy test --format json`: docs/policy-commands.md. */
export function figuresJson(figures: ReplayFigures, { from, since, interrupted, patterns }: Replayed): Json {
  return {
    from,
    since: time(since ?? figures.from),
    first: time(figures.from),
    last: time(figures.to),
    interrupted: interrupted !== null,
    learned_from_before: figures.before,
    cut_addresses: figures.cut,
    refused_before: figures.refused,
    logins: countsJson(figures.logins),
    users: figures.users,
    hit: { ...countsJson(figures.hit), per_10000_good: rateOf(figures.hit.good, figures.logins.good) },
    not_tested_user_patterns: patterns,
    rules: figures.rules.map((rule) => ruleJson(rule, figures.logins.good)),
  };
}

function ruleJson({ rule, logins, users, goodUsers, new: added, first }: RuleFigures, good: number): Json {
  const { then } = rule;
  return {
    rule: rule.name,
    action: then.action,
    seconds: then.action === 'tarpit' ? then.seconds : null,
    logins: countsJson(logins),
    users,
    good_users: goodUsers,
    new: added,
    per_10000_good: rateOf(logins.good, good),
    first: first.map(affectedJson),
  };
}

function affectedJson({ login, seen, effect }: AffectedLogin): Json {
  return {
    time: time(login.time),
    session: login.session,
    user: login.userKey === null ? null : shortKey(login.userKey),
    client: clientText(seen.recognition),
    outcome: login.outcome,
    verdict: effect === null ? 'log' : effect.action,
    said: login.rule === null ? null : { rule: login.rule, verdict: saidOf(login.ignored ?? login.effect) },
  };
}

const saidOf = (effect: VerdictEffect): string => effect.action;

function countsJson({ good, failed, other }: OutcomeCounts): { readonly [key: string]: Json } {
  return { all: good + failed + other, good, failed, other };
}

const time = (milliseconds: number | null): string | null =>
  milliseconds === null ? null : new Date(milliseconds).toISOString();
