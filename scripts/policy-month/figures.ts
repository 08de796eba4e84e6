import { TOOLS } from './attacks.js';
import { HOUR, type MonthLogin } from './month.js';
import type { Said } from './play.js';
import { type NotNew, SPRAYS, type Spray, type Truth } from './truth.js';

/** When a spray was seen first: which of its attempts that was, and the hours since its first one. */
export interface FirstSeen {
  readonly attempt: number;
  readonly hours: number;
}

export interface Tally {
  readonly of: number;
  readonly seen: number;
}

/** What was made of one month. */
export interface Figures {
  /** null: it was not seen. */
  readonly sprays: Readonly<Record<Spray, FirstSeen | null>>;
  /** Share of a spray's attempts that there was a verdict on. */
  readonly caught: Readonly<Record<Spray, number>>;
  /** Of the first logins to accounts taken over, by tool: how many there were, and on how many there was a verdict. */
  readonly takeOvers: ReadonlyMap<string, Tally>;
  /** Of those without a verdict: why they are nothing new. */
  readonly missed: ReadonlyMap<NotNew | null, number>;
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

export function figuresOf(said: readonly Said[], truth: Truth): Figures {
  const saidOf = new Set(said.map(({ login }) => login));
  const alarms = said.filter(({ login }) => login.attack === null);
  const good = alarms.filter(({ login }) => login.right);
  const perSpray = <T>(figure: (attempts: readonly MonthLogin[]) => T) =>
    Object.fromEntries(SPRAYS.map((spray) => [spray, figure(truth.sprays[spray])])) as Record<Spray, T>;
  const missed = [...truth.takeOvers].filter(([login]) => !saidOf.has(login));
  return {
    sprays: perSpray((attempts) => firstSeen(attempts, saidOf)),
    caught: perSpray((attempts) => attempts.filter((each) => saidOf.has(each)).length / attempts.length),
    takeOvers: byTool([...truth.takeOvers.keys()], saidOf),
    missed: countBy(missed.map(([, reason]) => reason)),
    good: truth.good,
    falseAlarms: alarms.length,
    causes: countBy(alarms.map(({ login }) => (truth.isLikeAttacker(login) ? 'like an attacker' : login.cause))),
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

function byTool(firsts: readonly MonthLogin[], saidOf: ReadonlySet<MonthLogin>): ReadonlyMap<string, Tally> {
  const names = TOOLS.flatMap(({ name }) => [name, `${name}, through a carrier`]);
  return new Map(
    names.map((name) => {
      const logins = firsts.filter(({ attack }) => attack?.tool === name);
      return [name, { of: logins.length, seen: logins.filter((each) => saidOf.has(each)).length }];
    }),
  );
}

function countBy<T>(values: readonly T[]): ReadonlyMap<T, number> {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
