import { createHash } from 'node:crypto';
import type { ClientId, LabelRow } from '../../src/model/index.js';
import { Random } from '../lib/random.js';

/** A login as somebody made it, whoever is told of it. */
export interface MadeLogin {
  readonly user: string;
  readonly remote: string;
  /** MD5 of the client's ja3. */
  readonly ja3: string;
  readonly protocol: 'imap' | 'submission';
  readonly port: number;
  readonly clientId: ClientId | null;
  /** The password is right. */
  readonly right: boolean;
}

/** A program, by the MD5 of its ja3 and what it calls itself in the IMAP ID. */
export interface Program {
  readonly ja3: string;
  readonly name: string | null;
}

interface Device {
  readonly program: Program;
  readonly isPhone: boolean;
}

/** Mail clients that many have, and programs that few have. */
const COMMON = 40;
const RARE = 400;
/** Networks of carriers, which many phones share. */
const CARRIER_NETWORKS = 400;

/**
 * The users of a large site, and what they log in with: a computer at home, and two in three a phone, at home or on the way. One login in a hundred is made while travelling, one in five hundred with a
 * client the user has never had; one in fifteen has a wrong password; and one in two hundred belongs to somebody who tries names from anywhere, with a program that others use too. The same seed, the
 * same logins.
 */
export class Population {
  readonly users: number;
  readonly #common: readonly Program[];
  readonly #rare: readonly Program[];
  readonly #random: Random;

  /** @param known programs that labels know, the most common first */
  constructor(users: number, known: readonly Program[], seed: number) {
    this.users = users;
    this.#common = Array.from({ length: COMMON }, (_, i) => known[i] ?? unknown(`common ${i}`));
    this.#rare = Array.from({ length: RARE }, (_, i) => known[COMMON + i] ?? unknown(`rare ${i}`));
    this.#random = new Random(seed);
  }

  nameOf(user: number): string {
    return `user${user}@example.org`;
  }

  next(): MadeLogin {
    const random = this.#random;
    if (random.chance(0.005)) return this.#attempt();
    const user = random.u32() % this.users;
    const has = ownRandom(user);
    const computer = { program: this.#programOf(has), isPhone: false };
    const phone = has.chance(0.67) ? { program: this.#programOf(has), isPhone: true } : null;
    const home = addressOf(has, has.chance(0.3));
    const carrier = has.u32() % CARRIER_NETWORKS;
    const device = this.#deviceOf(computer, phone);
    const { program } = device;
    return {
      user: this.nameOf(user),
      remote: this.#remote(device, home, carrier),
      ja3: program.ja3,
      ...(random.chance(0.8) ? IMAP : SUBMISSION),
      clientId: program.name !== null && random.chance(0.4) ? [['name', program.name], ...VERSION] : null,
      right: !random.chance(1 / 15),
    };
  }

  #deviceOf(computer: Device, phone: Device | null): Device {
    const random = this.#random;
    if (random.chance(0.002)) return { program: random.pick(this.#rare), isPhone: false };
    return phone !== null && random.chance(0.6) ? phone : computer;
  }

  /** Few programs are most of what is used: Zipf's law. */
  #programOf(has: Random): Program {
    if (has.chance(0.03)) return has.pick(this.#rare);
    return this.#common[Math.floor((COMMON + 1) ** (has.u32() / 2 ** 32)) - 1]!;
  }

  #remote({ isPhone }: Device, home: string, carrier: number): string {
    const random = this.#random;
    if (random.chance(0.01)) return addressOf(random, false);
    if (!isPhone || random.chance(0.5)) return home;
    return `100.${64 + (carrier >> 8)}.${carrier & 255}.${random.u32() & 255}`;
  }

  #attempt(): MadeLogin {
    const random = this.#random;
    const exists = random.chance(0.6);
    return {
      user: exists ? this.nameOf(random.u32() % this.users) : `nobody${random.u32() % 1000}@example.org`,
      remote: addressOf(random, false),
      ja3: this.#common[5]!.ja3,
      ...IMAP,
      clientId: null,
      right: false,
    };
  }
}

const IMAP = { protocol: 'imap', port: 993 } as const;
const SUBMISSION = { protocol: 'submission', port: 465 } as const;
const VERSION: ClientId = [['version', '128.5.0']];

/** The same for one user always. */
function ownRandom(user: number): Random {
  const random = new Random(user + 1);
  // The first numbers of seeds beside each other are alike.
  for (let i = 0; i < 4; i++) random.u32();
  return random;
}

/** Of IPv6 the first 64 bits are the customer's. */
function addressOf(random: Random, isV6: boolean): string {
  const bits = random.u32();
  if (isV6) return `2001:db8:${(bits >>> 16).toString(16)}:${(bits & 0xffff).toString(16)}::1`;
  return `${24 + (bits >>> 26)}.${(bits >>> 16) & 255}.${(bits >>> 8) & 255}.${bits & 255}`;
}

function unknown(text: string): Program {
  return { ja3: createHash('md5').update(text).digest('hex'), name: null };
}

/** Mail clients that labels know by their ja3, in the order of the labels; none that an audit tool shares. */
export function programsOf(labels: readonly LabelRow[]): readonly Program[] {
  const found = new Map<string, Program>();
  const ofJa3 = labels.filter(({ view }) => view === 'ja3');
  for (const { hash, client, kind } of ofJa3) {
    if (kind === 'user agent' && !found.has(hash)) found.set(hash, { ja3: hash, name: client });
  }
  for (const { hash, kind } of ofJa3) if (kind === 'audit tool') found.delete(hash);
  return [...found.values()];
}
