import type { Random } from '../../bench/lib/random.js';
import type { ClientId } from '../../src/model/index.js';
import { type Cause, DAY, END, HOUR, MINUTE, type MonthLogin, SECOND, START } from './month.js';
import { FETCHERS, type Networks, WEBMAIL } from './networks.js';
import type { Device, DeviceKind, Person } from './people.js';
import { Places, weekday } from './places.js';
import type { ProgramName, Programs } from './programs.js';
import { fraction, poisson, weighted } from './random.js';

/** What programs call themselves in the IMAP ID command (RFC 2971). */
const NAMES: Readonly<Partial<Record<ProgramName, string>>> = {
  apple: 'iPhone Mail',
  'apple, updated': 'iPhone Mail',
  'thunderbird, old': 'Thunderbird',
  thunderbird: 'Thunderbird',
};
/** Share of logins before which they do: many send it only once they are in, which is too late to be asked about. */
const NAMED_BEFORE = 0.4;

const HOSTS = ['mail.example.org', 'imap.example.org', 'a-rather-long-name-for-a-mail-server.example.org'] as const;
const PADDED = HOSTS[2];

/** Weights of the hours of a day, in fours from midnight. */
const RHYTHM: Readonly<Record<DeviceKind, readonly number[]>> = {
  phone: [2, 3, 12, 12, 13, 8],
  computer: [0.3, 0.5, 14, 14, 7, 3],
  script: [1, 1, 1, 1, 1, 1],
};
const AT_WEEKENDS: Readonly<Record<DeviceKind, number>> = { phone: 0.85, computer: 0.3, script: 1 };

const WEBMAIL_PER_DAY = 0.25;
const WEBMAIL_MISTYPED = 0.08;
const FETCHED_PER_DAY = 6;
/** Share of logins that open a second connection at once, before the first is through. */
const TWICE = 0.15;
/** As long as somebody's login may be the first with what is new: some log in once in a week. */
const NEW_FOR = 14 * DAY;

/** All logins of one person, in no order. */
export function* loginsOf(
  person: Person,
  programs: Programs,
  networks: Networks,
  random: Random,
): Iterable<MonthLogin> {
  const places = new Places(person, random, networks);
  const make = (time: number, device: Device, right: boolean, cause: Cause) =>
    deviceLogin({ person, device, time, right, cause }, places, programs, random);
  for (const device of person.devices) {
    for (const time of timesOf(device, random)) {
      const stale = isStale(device, time);
      const login = make(time, device, !stale, stale ? 'old password' : causeOf(person, device, time));
      yield login;
      if (random.chance(TWICE)) yield { ...login, time: time + random.between(5, 300) };
    }
    for (const time of retriesOf(device)) yield make(time, device, false, 'old password');
    if (device.isNew && !isStale(device, device.from)) {
      if (random.chance(0.3)) yield make(device.from - 40 * SECOND, device, false, 'mistyped password');
      yield make(device.from, device, true, 'new device');
    }
  }
  if (person.webmail) yield* webmailOf(person, programs, random);
  if (person.fetched) yield* fetchesOf(person, programs, random);
}

function isStale({ stale }: Device, time: number): boolean {
  return stale !== null && time >= stale.from && time < stale.until;
}

function causeOf(person: Person, device: Device, time: number): Cause {
  if (person.from > START && time < person.from + NEW_FOR) return 'new user';
  if (device.isNew && time < device.from + NEW_FOR) return 'new device';
  const { updated } = device;
  if (updated !== null && time >= updated.at && time < updated.at + NEW_FOR) return 'program updated';
  if (device.scanned) return 'virus scanner';
  if (person.travels !== null && time >= person.travels.from && time < person.travels.until) return 'traveller';
  return device.kind === 'script' ? 'script' : 'everyday';
}

function* timesOf({ kind, from, until, perDay }: Device, random: Random): Iterable<number> {
  const hours = RHYTHM[kind].map((weight, i) => [i * 4 * HOUR, weight] as const);
  for (let day = from - (from % DAY); day < until; day += DAY) {
    const weekend = weekday(day) === 0 || weekday(day) === 6;
    for (let left = poisson(random, perDay * (weekend ? AT_WEEKENDS[kind] : 1)); left > 0; left--) {
      const time = day + weighted(random, hours) + Math.floor(fraction(random) * 4 * HOUR);
      if (time >= from && time < until) yield time;
    }
  }
}

function* retriesOf({ stale, until }: Device): Iterable<number> {
  if (stale === null) return;
  for (let time = stale.from; time < Math.min(stale.until, until, END); time += stale.everyMs) yield Math.floor(time);
}

interface DeviceLogin {
  readonly person: Person;
  readonly device: Device;
  readonly time: number;
  readonly right: boolean;
  readonly cause: Cause;
}

function deviceLogin(
  { person, device, time, right, cause }: DeviceLogin,
  places: Places,
  programs: Programs,
  random: Random,
): MonthLogin {
  const own = device.updated !== null && time >= device.updated.at ? device.updated.to : device.program;
  const host = device.named ? random.pick(HOSTS) : null;
  const submits = device.kind !== 'script' && random.chance(0.15);
  return {
    time,
    user: person.name,
    remote: places.of(device, time),
    protocol: submits ? 'submission' : 'imap',
    port: submits ? 465 : 993,
    sni: host,
    clientId: submits ? null : clientIdOf(own, random),
    views: programs.views(device.scanned ? 'openssl' : own, {
      named: host !== null,
      resumed: random.chance(0.3),
      padded: host === PADDED,
      toldAs: random.chance(0.5) ? 'ja3' : 'ssl_ja3',
    }),
    right,
    attack: null,
    cause,
  };
}

function clientIdOf(program: ProgramName, random: Random): ClientId | null {
  const name = NAMES[program];
  return name !== undefined && random.chance(NAMED_BEFORE) ? [['name', name]] : null;
}

/** One server logs in for all who read their mail with a browser. */
function* webmailOf(person: Person, programs: Programs, random: Random): Iterable<MonthLogin> {
  const habit = { kind: 'phone', from: person.from, until: END, perDay: WEBMAIL_PER_DAY } as Device;
  for (const time of timesOf(habit, random)) {
    const login = ofServer(person, 'openssl', programs, random, { time, remote: WEBMAIL, cause: 'webmail' });
    if (random.chance(WEBMAIL_MISTYPED)) {
      yield { ...login, time: time - 20 * SECOND, right: false, cause: 'mistyped password' };
    }
    yield login;
  }
}

/** A large provider's servers fetch the mail of many. Some of their passwords are none any more, and nobody looks. */
function* fetchesOf(person: Person, programs: Programs, random: Random): Iterable<MonthLogin> {
  const step = DAY / FETCHED_PER_DAY;
  for (let at = person.from + fraction(random) * step; at < END; at += step) {
    const time = Math.floor(at + fraction(random) * 5 * MINUTE);
    const remote = random.pick(FETCHERS);
    const login = ofServer(person, 'java', programs, random, { time, remote, cause: 'fetcher' });
    yield { ...login, right: !person.fetchedInVain };
  }
}

function ofServer(
  person: Person,
  program: ProgramName,
  programs: Programs,
  random: Random,
  { time, remote, cause }: Pick<MonthLogin, 'time' | 'remote' | 'cause'>,
): MonthLogin {
  return {
    time,
    user: person.name,
    remote,
    protocol: 'imap',
    port: 993,
    sni: HOSTS[0],
    clientId: null,
    views: programs.views(program, { named: true, resumed: random.chance(0.5), padded: false, toldAs: 'ja3' }),
    right: true,
    attack: null,
    cause,
  };
}
