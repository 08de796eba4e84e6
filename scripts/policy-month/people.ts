import type { Random } from '../../bench/lib/random.js';
import { BEGIN, DAY, DAYS, END, LEAD_IN, START } from './month.js';
import { CARRIERS, type Networks, PROVIDERS, REGIONS } from './networks.js';
import type { ProgramName } from './programs.js';
import { exponential, fraction, weighted } from './random.js';

export const USERS = 2000;
export const OFFICES = 50;

/** Shares and rates. Those of what a user has are guesses at a mail host of today; those of what happens can be multiplied to see how much hangs on them. */
export interface Rates {
  /** Share of users with a new phone, computer or program in a month: a phone is kept for three years, a computer for five. */
  readonly newDevices: number;
  /** Share of users who change their password in a month. */
  readonly newPasswords: number;
  /** Share of users who travel, for three to ten days. */
  readonly travellers: number;
  /** Share of users new in the month, who have no past. */
  readonly newUsers: number;
}

export const RATES: Rates = { newDevices: 0.05, newPasswords: 0.03, travellers: 0.06, newUsers: 0.01 };

export type DeviceKind = 'phone' | 'computer' | 'script';

export interface Device {
  readonly kind: DeviceKind;
  readonly program: ProgramName;
  /** From here on it has another hello; null: never. */
  readonly updated: { readonly at: number; readonly to: ProgramName } | null;
  /** When it is used: from its first login to its last. */
  readonly from: number;
  readonly until: number;
  /** Taken into use while somebody watches: not one of those that were always there. */
  readonly isNew: boolean;
  /** Logins a day, on the average. */
  readonly perDay: number;
  /** Connects to the address, not to a host name. */
  readonly named: boolean;
  /** Where a script runs; null for what people carry. */
  readonly server: string | null;
  /** A virus scanner opens its TLS, and speaks with OpenSSL itself. */
  readonly scanned: boolean;
  /** Between these its password is the old one. */
  readonly stale: { readonly from: number; readonly until: number; readonly everyMs: number } | null;
}

export interface Person {
  readonly name: string;
  readonly from: number;
  readonly devices: readonly Device[];
  readonly provider: number;
  readonly ipv6: boolean;
  /** Days a home address lasts; Infinity: for good. */
  readonly homeLasts: number;
  readonly office: number | null;
  readonly carrier: number;
  readonly region: number;
  readonly travels: { readonly from: number; readonly until: number } | null;
  readonly webmail: boolean;
  readonly fetched: boolean;
  /** The fetcher still has a password that is none any more. */
  readonly fetchedInVain: boolean;
}

/** A hello that a whole population gives up for another within some days, beginning at `at`. */
export interface Wave {
  readonly from: ProgramName;
  readonly to: ProgramName;
  readonly at: number;
}

const WAVES: readonly (readonly [ProgramName, ProgramName])[] = [
  ['apple', 'apple, updated'],
  ['thunderbird, old', 'thunderbird'],
  ['windows, old', 'windows'],
  ['openssl, old', 'python'],
];

const DAYS_OF_A_WAVE = 3;

const PHONES: readonly (readonly [ProgramName, number])[] = [
  ['apple', 60],
  ['android', 40],
];
const COMPUTERS: readonly (readonly [ProgramName, number])[] = [
  ['windows', 35],
  ['windows, old', 10],
  ['apple', 22],
  ['thunderbird, old', 18],
  ['thunderbird', 6],
  ['gnutls', 9],
];
const SCRIPTS: readonly (readonly [ProgramName, number])[] = [
  ['python', 45],
  ['openssl', 15],
  ['openssl, old', 10],
  ['curl', 12],
  ['go', 8],
  ['java', 5],
  ['git send-email', 5],
];

/** The month's wave: one population changes every month, which one is drawn. */
export function waveOf(random: Random): Wave {
  const [from, to] = random.pick(WAVES);
  return { from, to, at: BEGIN + fraction(random) * 20 * DAY };
}

export function people(random: Random, networks: Networks, wave: Wave, rates: Rates): readonly Person[] {
  return Array.from({ length: USERS }, (_, number) => person(number, random, networks, wave, rates));
}

function person(number: number, random: Random, networks: Networks, wave: Wave, rates: Rates): Person {
  const anyTime = () => START + fraction(random) * (END - START);
  const perMonth = (share: number) => random.chance((share * (DAYS + LEAD_IN)) / 30);
  const from = perMonth(rates.newUsers) ? anyTime() : START;
  const changed = perMonth(rates.newPasswords) ? Math.max(from, anyTime()) : null;
  const activity = 0.25 + exponential(random, 0.62);

  const device = (kind: DeviceKind, program: ProgramName, change: Partial<Device> = {}): Device => {
    const begins = change.from ?? from;
    const updates = program === wave.from && !(kind === 'computer' && random.chance(0.1));
    const at = wave.at + exponential(random, DAYS_OF_A_WAVE * DAY);
    return {
      kind,
      program,
      updated: updates ? { at, to: wave.to } : null,
      from: begins,
      until: END,
      isNew: false,
      perDay: kind === 'script' ? 4 : activity * (kind === 'phone' ? 1.9 : 1.7),
      named: kind !== 'script' || random.chance(0.9),
      server: kind === 'script' ? networks.strange() : null,
      scanned: kind === 'computer' && program !== 'apple' && random.chance(0.01),
      stale: changed !== null && changed > begins ? staleness(random, changed) : null,
      ...change,
    };
  };

  const devices: Device[] = [];
  const phone = random.chance(0.85) ? weighted(random, PHONES) : null;
  if (phone !== null) devices.push(device('phone', phone));
  if (phone === null || random.chance(0.7)) devices.push(device('computer', weighted(random, COMPUTERS)));
  if (random.chance(0.03)) devices.push(device('script', weighted(random, SCRIPTS)));
  if (perMonth(rates.newDevices)) renew(devices, device, random, from);

  const travels = perMonth(rates.travellers) ? anyTime() : null;
  const fetched = random.chance(0.06);
  return {
    name: `user${number}@example.org`,
    from,
    devices,
    provider: random.between(0, PROVIDERS - 1),
    ipv6: random.chance(0.3),
    homeLasts: random.chance(0.5) ? Number.POSITIVE_INFINITY : 7 + exponential(random, 20),
    office: random.chance(0.4) ? random.between(0, OFFICES - 1) : null,
    carrier: random.between(0, CARRIERS - 1),
    region: random.between(0, REGIONS - 1),
    travels: travels === null ? null : { from: travels, until: travels + (3 + 7 * fraction(random)) * DAY },
    webmail: random.chance(0.3),
    fetched,
    fetchedInVain: fetched && random.chance(0.1),
  };
}

/** Mostly a new phone of the kind there was, which takes the old one's place; else one of another kind, or one more. */
function renew(
  devices: Device[],
  device: (kind: DeviceKind, program: ProgramName, change: Partial<Device>) => Device,
  random: Random,
  from: number,
): void {
  const at = Math.max(from, START + fraction(random) * (END - START));
  const place = random.between(0, devices.length - 1);
  const old = devices[place]!;
  const change = { from: at, isNew: true };
  if (old.kind === 'script' || random.chance(0.25)) {
    const kind = random.chance(0.5) ? 'phone' : 'computer';
    devices.push(device(kind, weighted(random, kind === 'phone' ? PHONES : COMPUTERS), change));
    return;
  }
  devices[place] = { ...old, until: at };
  const program = random.chance(0.6) ? old.program : weighted(random, old.kind === 'phone' ? PHONES : COMPUTERS);
  devices.push(device(old.kind, program, change));
}

/** Most devices ask for the new password within hours; one in six lies in a drawer and tries the old one every few minutes, for up to three days. */
function staleness(random: Random, changed: number): Device['stale'] {
  const forgotten = random.chance(1 / 6);
  const lasts = forgotten ? 2 + 70 * fraction(random) : exponential(random, 1.5);
  return {
    from: changed,
    until: changed + lasts * 3_600_000,
    everyMs: forgotten ? (5 + 10 * fraction(random)) * 60_000 : 20 * 60_000,
  };
}
