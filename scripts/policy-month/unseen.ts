import type { Learning } from '../../src/policy/index.js';
import { DAY, type MonthLogin } from './month.js';

/** What of a login to an account taken over was not new to somebody who knows all logins before it, so that no rule about what is new can hold. */
export const NOT_NEW = [
  'the user has such a client',
  'the user was there before',
  'too little is known of the user',
] as const;
export type NotNew = (typeof NOT_NEW)[number];

interface Known {
  readonly since: number;
  logins: number;
  readonly devices: Set<string | null>;
  readonly networks: Set<string>;
}

/** For each first login to an account that was taken over: why it could not be new; null where it is new in client and network. */
export function whyNotNew(
  logins: readonly MonthLogin[],
  deviceOf: (login: MonthLogin) => string | null,
  learning: Learning,
): ReadonlyMap<MonthLogin, NotNew | null> {
  const users = new Map<string, Known>();
  const reasons = new Map<MonthLogin, NotNew | null>();
  for (const login of logins) {
    const { user, time, right, remote } = login;
    const known = users.get(user) ?? { since: time, logins: 0, devices: new Set(), networks: new Set() };
    if (login.attack?.first === true) reasons.set(login, reasonOf(login, known, deviceOf(login), learning));
    if (!right) continue;
    users.set(user, known);
    known.logins++;
    known.devices.add(deviceOf(login));
    known.networks.add(networkOf(remote));
  }
  return reasons;
}

function reasonOf(
  { time, remote }: MonthLogin,
  known: Known,
  device: string | null,
  learning: Learning,
): NotNew | null {
  if (known.logins < learning.logins || time - known.since < learning.days * DAY)
    return 'too little is known of the user';
  if (known.devices.has(device)) return 'the user has such a client';
  return known.networks.has(networkOf(remote)) ? 'the user was there before' : null;
}

/** The /24 of IPv4, the /48 of IPv6, as the simulation writes addresses. */
function networkOf(remote: string): string {
  return remote.includes(':') ? remote.split(':', 3).join(':') : remote.split('.', 3).join('.');
}
