import { fastSpray, rareTool, slowSpray, takeOvers } from './attacks.js';
import { loginsOf } from './good-logins.js';
import { END, type MonthLogin, START } from './month.js';
import { Networks } from './networks.js';
import { people, RATES, type Rates, type Wave, waveOf } from './people.js';
import type { Programs } from './programs.js';
import { stream } from './random.js';

export interface Month {
  readonly wave: Wave;
  /** In order of time, with those of the lead-in. */
  readonly logins: readonly MonthLogin[];
}

/** The same seed and rates, the same month. @param seed any integer */
export function generateMonth(seed: number, programs: Programs, rates: Rates = RATES): Month {
  const networks = new Networks(stream(seed, 'networks'));
  const wave = waveOf(stream(seed, 'wave'));
  const all = people(stream(seed, 'people'), networks, wave, rates);
  const random = stream(seed, 'logins');
  const logins = all.flatMap((person) => [...loginsOf(person, programs, networks, random)]);
  for (const attack of [fastSpray, slowSpray, rareTool, takeOvers]) {
    logins.push(...attack({ people: all, programs, networks, random: stream(seed, attack.name) }));
  }
  // Stable: what has the same time stays in the order it was made.
  return { wave, logins: logins.filter(({ time }) => time >= START && time < END).sort((a, b) => a.time - b.time) };
}
