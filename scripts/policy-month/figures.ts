import { TOOLS } from './attacks.js';
import type { Month } from './generate.js';
import { type AttackName, BEGIN, DAY, HOUR, type MonthLogin } from './month.js';
import type { Said } from './play.js';
import type { NotNew } from './unseen.js';

/** When a spray was seen first: which of its attempts that was, and the hours since its first one. null: it was not. */
export interface FirstSeen {
  readonly attempt: number;
  readonly hours: number;
}

/** What was made of one month. */
export interface Figures {
  readonly sprays: Readonly<Record<Spray, FirstSeen | null>>;
  /** Share of a spray's attempts that a verdict was given on. */
  readonly caught: Readonly<Record<Spray, number>>;
  /** Of the first logins to accounts taken over, by tool: how many there were, and on how many there was a verdict. */
  readonly takeOvers: ReadonlyMap<string, Tally>;
  /** Of those without a verdict: why they are nothing new. */
  readonly missed: ReadonlyMap<string, number>;
  /** Logins of those who may, with the right password. */
  readonly good: number;
  /** Verdicts on logins of those who may, whatever their password. */
  readonly falseAlarms: number;
  readonly causes: ReadonlyMap<string, number>;
  /** Users that these were about. */
  readonly users: number;
  /** Of the good logins: those slowed, and those refused. */
  readonly slowed: number;
  readonly refused: number;
}

export interface Tally {
  readonly of: number;
  readonly seen: number;
}

export const SPRAYS = ['fast spray', 'rare tool', 'slow spray'] as const satisfies readonly AttackName[];
export type Spray = (typeof SPRAYS)[number];

/** What is true of a month, whatever is said of it. */
export interface Truth {
  /** The device key of a login. */
  readonly deviceOf: (login: MonthLogin) => string | null;
  readonly notNew: ReadonlyMap<MonthLogin, NotNew | null>;
}

export function figuresOf({ logins }: Month, said: readonly Said[], truth: Truth): Figures {
  const counted = logins.filter(({ time }) => time >= BEGIN);
  const saidOf = new Set(said.map(({ login }) => login));
  const alarms = said.filter(({ login }) => login.attack === null);
  const good = alarms.filter(({ login }) => login.right);
  const perSpray = <T>(figure: (attempts: readonly MonthLogin[]) => T) =>
    Object.fromEntries(
      SPRAYS.map((spray) => [spray, figure(counted.filter(({ attack }) => attack?.name === spray))]),
    ) as Record<Spray, T>;
  return {
    sprays: perSpray((attempts) => firstSeen(attempts, saidOf)),
    caught: perSpray((attempts) => attempts.filter((each) => saidOf.has(each)).length / attempts.length),
    takeOvers: takeOvers(counted, saidOf),
    missed: countBy(
      [...truth.notNew].filter(([login]) => !saidOf.has(login)).map(([, reason]) => reason ?? 'nothing of these'),
    ),
    good: counted.filter(({ attack, right }) => attack === null && right).length,
    falseAlarms: alarms.length,
    causes: causesOf(
      alarms.map(({ login }) => login),
      counted,
      truth.deviceOf,
    ),
    users: new Set(alarms.map(({ login }) => login.user)).size,
    slowed: good.filter(({ action }) => action === 'tarpit').length,
    refused: good.filter(({ action }) => action === 'reject').length,
  };
}

function firstSeen(attempts: readonly MonthLogin[], saidOf: ReadonlySet<MonthLogin>): FirstSeen | null {
  const at = attempts.findIndex((each) => saidOf.has(each));
  if (at < 0) return null;
  return { attempt: at + 1, hours: (attempts[at]!.time - attempts[0]!.time) / HOUR };
}

function takeOvers(counted: readonly MonthLogin[], saidOf: ReadonlySet<MonthLogin>): ReadonlyMap<string, Tally> {
  const names = TOOLS.flatMap(({ name }) => [name, `${name}, through a carrier`]);
  return new Map(
    names.map((name) => {
      const logins = counted.filter(({ attack }) => attack?.first === true && attack.tool === name);
      return [name, { of: logins.length, seen: logins.filter((each) => saidOf.has(each)).length }];
    }),
  );
}

/** Why there was an alarm on each of these: as the login has it, or because it came with an attacker's client while that attack was on, or up to a day after. */
function causesOf(
  alarms: readonly MonthLogin[],
  counted: readonly MonthLogin[],
  deviceOf: (login: MonthLogin) => string | null,
): ReadonlyMap<string, number> {
  const attacks = SPRAYS.map((spray) => {
    const attempts = counted.filter(({ attack }) => attack?.name === spray);
    return { device: deviceOf(attempts[0]!), from: attempts[0]!.time, until: attempts.at(-1)!.time + DAY };
  });
  return countBy(
    alarms.map((login) =>
      attacks.some(({ device, from, until }) => login.time >= from && login.time < until && deviceOf(login) === device)
        ? 'like an attacker'
        : login.cause,
    ),
  );
}

function countBy(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
