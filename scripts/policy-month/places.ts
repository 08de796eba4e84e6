import type { Random } from '../../bench/lib/random.js';
import { DAY, HOUR, START } from './month.js';
import { CARRIERS, type Networks, REGIONS } from './networks.js';
import type { Device, Person } from './people.js';

/** Where a person's devices log in from. */
export class Places {
  readonly #person: Person;
  readonly #random: Random;
  readonly #networks: Networks;
  /** Home addresses by which one it is since the beginning. */
  readonly #homes = new Map<number, string>();
  /** Of the journey. */
  #hotel: string | null = null;

  constructor(person: Person, random: Random, networks: Networks) {
    this.#person = person;
    this.#random = random;
    this.#networks = networks;
  }

  /** @param time milliseconds since 1970 */
  of(device: Device, time: number): string {
    if (device.server !== null) return device.server;
    const { travels, office } = this.#person;
    if (travels !== null && time >= travels.from && time < travels.until) return this.#away(device);
    const random = this.#random;
    const atWork = office !== null && isWorkTime(time);
    if (device.kind === 'computer') {
      if (random.chance(0.01)) return this.#networks.strange();
      return atWork && random.chance(0.9) ? this.#networks.office(office) : this.#home(time);
    }
    if (random.chance(0.01)) return this.#networks.strange();
    if (random.chance(isWorkTime(time) ? 0.4 : 0.25)) return this.#mobile();
    return atWork && random.chance(0.8) ? this.#networks.office(office) : this.#home(time);
  }

  #home(time: number): string {
    const { homeLasts, provider, ipv6 } = this.#person;
    const which = Math.floor((time - START) / (homeLasts * DAY));
    const known = this.#homes.get(which);
    if (known !== undefined) return known;
    const address = this.#networks.home(provider, ipv6);
    this.#homes.set(which, address);
    return address;
  }

  #mobile(): string {
    return this.#networks.mobile(this.#person.carrier, this.#person.region);
  }

  #away(device: Device): string {
    const random = this.#random;
    if (device.kind === 'phone' && random.chance(0.4)) {
      return this.#networks.mobile(random.between(0, CARRIERS - 1), random.between(0, REGIONS - 1));
    }
    if (this.#hotel === null || random.chance(0.05)) this.#hotel = this.#networks.strange();
    return this.#hotel;
  }
}

/** Monday to Friday, 8 to 18 o'clock (UTC, as all of the month). */
export function isWorkTime(time: number): boolean {
  const day = weekday(time);
  const hour = Math.floor((time % DAY) / HOUR);
  return day >= 1 && day <= 5 && hour >= 8 && hour < 18;
}

/** 0 Sunday to 6 Saturday. 1970-01-01 was a Thursday. */
export function weekday(time: number): number {
  return (Math.floor(time / DAY) + 4) % 7;
}
