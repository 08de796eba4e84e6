import type { Random } from '../../bench/lib/random.js';
import type { ClientId } from '../../src/model/index.js';
import { type AttackName, BEGIN, DAY, END, HOUR, MINUTE, type MonthLogin, SECOND } from './month.js';
import { CARRIERS, type Networks, REGIONS } from './networks.js';
import type { Person } from './people.js';
import type { ProgramName, Programs } from './programs.js';
import { exponential, fraction } from './random.js';

export const TAKEN_OVER = 20;

/** What accounts are taken over with: each tool the same share of them. */
export const TOOLS: readonly {
  readonly name: string;
  readonly program: ProgramName;
  readonly kind: 'library' | 'mail client' | 'phone';
}[] = [
  { name: 'Python', program: 'python', kind: 'library' },
  { name: 'Go', program: 'go', kind: 'library' },
  { name: 'Thunderbird', program: 'thunderbird', kind: 'mail client' },
  { name: 'Apple Mail', program: 'apple', kind: 'phone' },
];

interface Ground {
  readonly people: readonly Person[];
  readonly programs: Programs;
  readonly networks: Networks;
  readonly random: Random;
}

/** hydra from 80 addresses: 600 to 1,500 attempts a second or two apart, two in five at names that do not exist. */
export function* fastSpray(ground: Ground): Iterable<MonthLogin> {
  const { random, networks } = ground;
  const sources = Array.from({ length: 80 }, () => networks.strange());
  const attempts = random.between(600, 1500);
  let time = within(random, END - DAY);
  for (let i = 0; i < attempts; i++) {
    time += Math.floor(exponential(random, 1.5 * SECOND)) + 1;
    yield attempt(ground, 'fast spray', 'python', {
      time,
      user: guessed(ground, i, 0.6),
      remote: random.pick(sources),
    });
  }
}

/** One attempt in five to ten minutes for four days, each from another address at another user. */
export function* slowSpray(ground: Ground): Iterable<MonthLogin> {
  const { random, networks } = ground;
  let time = within(random, END - 5 * DAY);
  for (const until = time + 4 * DAY, i = { at: 0 }; time < until; i.at++) {
    time += random.between(5 * MINUTE, 10 * MINUTE);
    yield attempt(ground, 'slow spray', 'python', {
      time,
      user: guessed(ground, i.at, 0.8),
      remote: networks.strange(),
    });
  }
}

/** A script in a language that nobody else uses here: one attempt a minute for some hours, from few addresses. */
export function* rareTool(ground: Ground): Iterable<MonthLogin> {
  const { random, networks } = ground;
  const sources = Array.from({ length: 5 }, () => networks.strange());
  let time = within(random, END - DAY);
  for (let i = 0; i < 200; i++) {
    time += Math.floor(exponential(random, MINUTE)) + 1;
    yield attempt(ground, 'rare tool', 'node', { time, user: guessed(ground, i, 0.8), remote: random.pick(sources) });
  }
}

/** Twenty accounts whose passwords are known, within five days; then again from time to time. One in five through a phone's carrier, the rest through hosts for rent. */
export function* takeOvers(ground: Ground): Iterable<MonthLogin> {
  const { people, random, networks } = ground;
  const begin = within(random, END - 6 * DAY);
  const hosts = Array.from({ length: 10 }, () => networks.strange());
  for (let i = 0; i < TAKEN_OVER; i++) {
    const tool = TOOLS[i % TOOLS.length]!;
    const { name: user } = random.pick(people.filter(({ from }) => from < begin));
    const byCarrier = Math.floor(i / TOOLS.length) === 0;
    const remote = byCarrier
      ? networks.mobile(random.between(0, CARRIERS - 1), random.between(0, REGIONS - 1))
      : random.pick(hosts);
    let time = begin + Math.floor(fraction(random) * 5 * DAY);
    // Half of those who write their own tool say that it is Thunderbird.
    const clientId: ClientId | null = tool.kind === 'library' && i % 8 < 4 ? [['name', 'Thunderbird']] : null;
    for (let again = 0; again < 6 && time < END; again++) {
      const login = attempt(ground, 'take-over', tool.program, { time, user, remote });
      const named = byCarrier ? `${tool.name}, through a carrier` : tool.name;
      yield { ...login, right: true, clientId, attack: { name: 'take-over', tool: named, first: again === 0 } };
      time += Math.floor(exponential(random, 8 * HOUR)) + MINUTE;
    }
  }
}

function within(random: Random, latest: number): number {
  return BEGIN + Math.floor(fraction(random) * (latest - BEGIN));
}

/** Somebody's name, or one that does not exist. */
function guessed({ people, random }: Ground, number: number, exists: number): string {
  return random.chance(exists) ? random.pick(people).name : `nobody${number}@example.org`;
}

function attempt(
  { programs, random }: Ground,
  name: AttackName,
  program: ProgramName,
  { time, user, remote }: Pick<MonthLogin, 'time' | 'user' | 'remote'>,
): MonthLogin {
  const named = random.chance(0.7);
  return {
    time,
    user,
    remote,
    protocol: 'imap',
    port: 993,
    sni: named ? 'mail.example.org' : null,
    clientId: null,
    views: programs.views(program, {
      named,
      resumed: false,
      padded: random.chance(0.3),
      toldAs: random.chance(0.5) ? 'ja3' : 'ssl_ja3',
    }),
    right: false,
    attack: { name, tool: name, first: false },
    cause: 'everyday',
  };
}
