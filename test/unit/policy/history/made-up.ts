import fc from 'fast-check';
import type { HeardLogin, PolicyBatch } from '../../../../src/model/index.js';
import type { HistoryLimits, PolicyPast } from '../../../../src/policy/decide/options.js';
import type { CounterSpec, History, HistoryLogin } from '../../../../src/policy/history/index.js';
import type { PlainLogin } from './plain-history.js';

/** Milliseconds: a Wednesday, and no round time. */
export const START = 1_750_000_123_456;

export const DAY = 86_400_000;

export const learning = { logins: 5, days: 14 };

/** More than the tests use. */
export const wide: HistoryLimits = {
  users: 1000,
  clientsPerUser: 50,
  networksPerUser: 50,
  devices: 1000,
  keysPerCounter: 1000,
  usersPerCount: 1000,
  days: 40,
};

export const login = (changes: Partial<HistoryLogin> = {}): HistoryLogin => ({
  time: START,
  userKey: 'user1',
  device: 'device1',
  remote: '192.0.2.1',
  ...changes,
});

const of = (name: string, most: number) =>
  fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 1, max: most }).map((n) => `${name}${n}`) },
    { weight: 1, arbitrary: fc.constant(null) },
  );

/** A week is watched before anything is usual: pauses are of seconds, hours and days. */
const pause = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 60_000 }) },
  { weight: 3, arbitrary: fc.integer({ min: 0, max: DAY / 4 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 12 * DAY }) },
);

/** Logins of few users with few devices, in the order of their times. */
export const logins = (most: number): fc.Arbitrary<PlainLogin[]> =>
  fc
    .array(
      fc.record({
        pause,
        userKey: of('user', 4),
        device: of('device', 3),
        others: fc.subarray(['device1', 'device2', 'device3'], { maxLength: 2 }),
        remote: fc.option(
          fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 2 })).map(([a, b]) => `192.0.${a}.${b}`),
          { freq: 8 },
        ),
        outcome: fc.constantFrom('succeeded' as const, 'succeeded' as const, 'failed' as const, 'refused' as const),
      }),
      { minLength: 1, maxLength: most },
    )
    .map((steps) => {
      let time = START;
      return steps.map(({ pause: gap, others, ...rest }) => {
        time += gap;
        return { ...rest, aliases: others.filter((device) => device !== rest.device), time };
      });
    });

/** Counters of every kind. */
export const specs: readonly CounterSpec[] = [
  { count: 'failed_users', per: ['fingerprint'], window: 600, usual: true },
  { count: 'users', per: ['fingerprint', 'network'], window: 86_400, usual: false },
  { count: 'failures', per: ['address'], window: 60, usual: false },
  { count: 'logins', per: ['network'], window: 3600, usual: true },
  { count: 'failures', per: ['user'], window: 7 * 86_400, usual: true },
  { count: 'users', per: ['fingerprint', 'address', 'user'], window: 777, usual: false },
];

/** What a database keeps of a history: rows by their keys, and every login. */
export class KeptPast implements PolicyPast {
  readonly #rows = {
    userClients: new Map<string, PolicyBatch['userClients'][number]>(),
    userNetworks: new Map<string, PolicyBatch['userNetworks'][number]>(),
    devices: new Map<string, PolicyBatch['devices'][number]>(),
    usual: new Map<string, PolicyBatch['usual'][number]>(),
  };
  readonly #heard: HeardLogin[] = [];

  /** Takes all changes of a history, a few at a time. */
  take(history: History): void {
    for (;;) {
      const { userClients, userNetworks, devices, usual } = history.changes(3);
      for (const row of userClients) this.#rows.userClients.set(`${row.userKey} ${row.device}`, row);
      for (const row of userNetworks) this.#rows.userNetworks.set(`${row.userKey} ${row.network}`, row);
      for (const row of devices) this.#rows.devices.set(row.device, row);
      for (const row of usual) this.#rows.usual.set(`${row.counter} ${row.key}`, row);
      if (userClients.length + userNetworks.length + devices.length + usual.length === 0) return;
    }
  }

  hear({ time, userKey, device, remote, outcome }: PlainLogin): void {
    this.#heard.push({
      time,
      session: null,
      userKey,
      remote,
      protocol: 'imap',
      port: 993,
      sni: null,
      mechanism: 'PLAIN',
      tls: true,
      tlsVersion: null,
      clientId: null,
      views: { ja3: null, ja3n: null, sslJa3: null, ja4: null },
      device,
      outcome,
      effect: { action: 'allow' },
      ignored: null,
      source: 'rules',
      rule: null,
      evidence: [],
    });
  }

  userClients() {
    return this.#rows.userClients.values();
  }

  userNetworks() {
    return this.#rows.userNetworks.values();
  }

  devices() {
    return this.#rows.devices.values();
  }

  usual() {
    return this.#rows.usual.values();
  }

  listed() {
    return [];
  }

  heard(since: number) {
    return this.#heard.filter(({ time }) => time >= since).sort((a, b) => a.time - b.time);
  }
}
