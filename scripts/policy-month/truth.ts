import type { Learning } from '../../src/policy/index.js';
import type { Month } from './generate.js';
import { type AttackName, BEGIN, DAY, type MonthLogin } from './month.js';

export const SPRAYS = ['fast spray', 'rare tool', 'slow spray'] as const satisfies readonly AttackName[];
export type Spray = (typeof SPRAYS)[number];

/** What of a login to an account taken over was nothing new to somebody who knows all logins before it, so that no rule about what is new can hold. */
export const NOT_NEW = [
  'the user has such a client',
  'the user was there before',
  'too little is known of the user',
] as const;
export type NotNew = (typeof NOT_NEW)[number];

/** What is true of a month, whatever is said of it. */
export interface Truth {
  /** Logins of those who may, with the right password. */
  readonly good: number;
  readonly sprays: Readonly<Record<Spray, readonly MonthLogin[]>>;
  /** The first login to each account that was taken over; null: it is new in client and network. */
  readonly takeOvers: ReadonlyMap<MonthLogin, NotNew | null>;
  /** It comes with the client of a spray that is on, or was in the day before. */
  readonly isLikeAttacker: (login: MonthLogin) => boolean;
}

type DeviceOf = (login: MonthLogin) => string | null;

export function truthOf({ logins }: Month, deviceOf: DeviceOf, learning: Learning): Truth {
  const counted = logins.filter(({ time }) => time >= BEGIN);
  const attempts = SPRAYS.map((spray) => [spray, counted.filter(({ attack }) => attack?.name === spray)] as const);
  const times = attempts.map(([, each]) => ({
    device: deviceOf(each[0]!),
    from: each[0]!.time,
    until: each.at(-1)!.time + DAY,
  }));
  return {
    good: counted.filter(({ attack, right }) => attack === null && right).length,
    sprays: Object.fromEntries(attempts) as Record<Spray, MonthLogin[]>,
    takeOvers: takeOversOf(logins, deviceOf, learning),
    isLikeAttacker: (login) =>
      times.some(({ device, from, until }) => login.time >= from && login.time < until && deviceOf(login) === device),
  };
}

interface Known {
  readonly since: number;
  logins: number;
  readonly devices: Set<string | null>;
  readonly networks: Set<string>;
}

function takeOversOf(logins: readonly MonthLogin[], deviceOf: DeviceOf, learning: Learning): Truth['takeOvers'] {
  const users = new Map<string, Known>();
  const found = new Map<MonthLogin, NotNew | null>();
  for (const login of logins) {
    const { user, time, right, remote } = login;
    const known = users.get(user) ?? { since: time, logins: 0, devices: new Set(), networks: new Set() };
    if (login.attack?.first === true) found.set(login, notNew(login, known, deviceOf(login), learning));
    if (!right) continue;
    users.set(user, known);
    known.logins++;
    known.devices.add(deviceOf(login));
    known.networks.add(networkOf(remote));
  }
  return found;
}

function notNew(
  { time, remote }: MonthLogin,
  { logins, since, devices, networks }: Known,
  device: string | null,
  learning: Learning,
): NotNew | null {
  if (logins < learning.logins || time - since < learning.days * DAY) return 'too little is known of the user';
  if (devices.has(device)) return 'the user has such a client';
  return networks.has(networkOf(remote)) ? 'the user was there before' : null;
}

/** The /24 of IPv4, the /48 of IPv6, as the simulation writes addresses. */
function networkOf(remote: string): string {
  return remote.includes(':') ? remote.split(':', 3).join(':') : remote.split('.', 3).join('.');
}
