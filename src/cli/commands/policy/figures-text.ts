import { wrapped } from '../../../explain/index.js';
import type { Rule } from '../../../policy/index.js';
import type { Column } from '../../../report/index.js';
import { textLook } from '../../look.js';
import type { AffectedLogin, ReplayFigures, RuleFigures } from '../../policy/replay.js';
import { grouped, shownTime, TIME, tableOf } from '../db/text.js';
import type { Replayed } from './test.js';
import { clientText, plural, rateOf, shortKey } from './words.js';

const RULES: readonly Column[] = [
  { head: 'RULE', usual: 20, least: 10, bold: true },
  { head: 'ACTION', usual: 10 },
  { head: 'LOGINS', usual: 7 },
  { head: 'GOOD', usual: 6 },
  { head: 'FAILED', usual: 6 },
  { head: 'OTHER', usual: 5 },
  { head: 'USERS', usual: 5 },
  { head: 'NEW', usual: 6 },
  { head: 'GOOD HIT PER 10,000', usual: 9 },
];

const AFFECTED: readonly Column[] = [
  { head: 'FIRST OF', usual: 20, least: 10, bold: true },
  { head: 'TIME (UTC)', ...TIME },
  { head: 'SESSION', usual: 18, least: 10 },
  { head: 'USER', usual: 8 },
  { head: 'OUTCOME', usual: 9 },
  { head: 'CLIENT', usual: 24, least: 12 },
];

/** What `policy test` prints for people. */
export async function figuresText(figures: ReplayFigures, replayed: Replayed): Promise<string> {
  const look = await textLook();
  const { logins, hit } = figures;
  const all = logins.good + logins.failed + logins.other;
  const { good } = hit;
  const hits = good + hit.failed + hit.other;
  const affected = figures.rules.flatMap(({ rule, first }) =>
    first.map((one) => affectedCells(rule, one, look.escape)),
  );
  const text = (line: string): string => wrapped(line, look, '');
  return [
    text(headText(figures, replayed, all)),
    ...notes(figures, replayed).map(text),
    '\n',
    await tableOf(
      RULES,
      figures.rules.map((rule) => ruleCells(rule, logins.good, look.escape)),
    ),
    affected.length === 0 ? '' : `\n${await tableOf(AFFECTED, affected)}`,
    '\n',
    text(
      `${plural(hits, 'login')} of ${grouped(all)} would have waited or been refused, ${grouped(good)} of them good ones: ${rateText(good, logins.good)}.`,
    ),
  ].join('');
}

function headText({ from, to, users }: ReplayFigures, replayed: Replayed, all: number): string {
  const what = replayed.from === 'heard' ? 'that the policy heard' : 'that were recorded';
  const span = from === null || to === null ? '' : `, ${shownTime(from / 1000)} to ${shownTime(to / 1000)} (UTC)`;
  return `${plural(all, 'login')} of ${plural(users, 'user')} ${what}${span}.`;
}

/** What keeps the figures from being the whole truth. */
function notes(
  { before, cut, refused }: ReplayFigures,
  { interrupted, patterns, learning }: Replayed,
): readonly string[] {
  const found: string[] = [];
  if (interrupted !== null) found.push(`Interrupted: what comes after ${shownTime(interrupted / 1000)} is not in it.`);
  found.push(
    before === 0
      ? `Nothing is known from before: rules that ask whether a client is new begin with each user's ${plural(learning.logins, 'good login')} over ${plural(learning.days, 'day')}.`
      : `${plural(before, 'login')} from before ${before === 1 ? 'was' : 'were'} learned from.`,
  );
  if (refused > 0) {
    found.push(
      `${plural(refused, 'login')} had been refused by a policy: whether the password was right is not known of them.`,
    );
  }
  if (cut > 0) {
    found.push(
      `${plural(cut, 'address', 'addresses')} ${cut === 1 ? 'was' : 'were'} cut to networks by now: conditions on an address see less there.`,
    );
  }
  if (patterns.length > 0) {
    found.push(`Names of users are not stored, so that patterns of names fit nobody: ${patterns.join(', ')}.`);
  }
  return found;
}

type Escape = (text: string) => string;

function ruleCells({ rule, logins, users, new: added }: RuleFigures, good: number, shown: Escape): readonly string[] {
  const { then } = rule;
  const action = then.action === 'tarpit' ? `tarpit ${then.seconds} s` : then.action;
  return [
    shown(rule.name),
    action,
    ...[logins.good + logins.failed + logins.other, logins.good, logins.failed, logins.other, users, added].map(
      grouped,
    ),
    String(rateOf(logins.good, good) ?? '-'),
  ];
}

function affectedCells(rule: Rule, { login, seen }: AffectedLogin, shown: Escape): readonly string[] {
  return [
    shown(rule.name),
    shownTime(login.time / 1000),
    shown(login.session ?? '-'),
    login.userKey === null ? '-' : shortKey(login.userKey),
    login.outcome ?? '-',
    shown(clientText(seen.recognition) ?? '-'),
  ];
}

function rateText(hit: number, all: number): string {
  const rate = rateOf(hit, all);
  return rate === null ? 'there are no good logins to compare with' : `${rate} in 10,000 good logins`;
}
