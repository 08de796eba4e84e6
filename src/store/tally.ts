import type { LoginOutcome } from '../model/index.js';
import type { Database } from './database.js';
import type { Statement } from './driver.js';

const SUMS =
  'hellos = hellos + excluded.hellos, succeeded = succeeded + excluded.succeeded, failed = failed + excluded.failed, refused = refused + excluded.refused, untried = untried + excluded.untried';
const TIMES = 'first_seen = min(first_seen, excluded.first_seen), last_seen = max(last_seen, excluded.last_seen)';

const ADD_HOUR = `
INSERT INTO aggregates (fingerprint_id, hour, dst_port, starttls, hellos, succeeded, failed, refused, untried, first_seen, last_seen, recorded_at)
VALUES (@fingerprint, @hour, @port, @starttls, @hellos, @succeeded, @failed, @refused, @none, @first, @last, unixepoch())
ON CONFLICT DO UPDATE SET ${SUMS}, ${TIMES}, recorded_at = max(recorded_at, excluded.recorded_at)`;

const ADD_TOTAL = `
INSERT INTO totals (fingerprint_id, dst_port, starttls, hellos, succeeded, failed, refused, untried, first_seen, last_seen)
VALUES (@fingerprint, @port, @starttls, @hellos, @succeeded, @failed, @refused, @none, @first, @last)
ON CONFLICT DO UPDATE SET ${SUMS}, ${TIMES}`;

const ADD_NAME = `
INSERT INTO server_names (fingerprint_id, sni, hellos, first_seen, last_seen, recorded_at) VALUES (@fingerprint, @name, @hellos, @first, @last, unixepoch())
ON CONFLICT DO UPDATE SET hellos = hellos + excluded.hellos, ${TIMES}, recorded_at = max(recorded_at, excluded.recorded_at)`;

const SECONDS_PER_HOUR = 3600;

type Counted = 'hellos' | LoginOutcome;

interface Times {
  first: number;
  last: number;
}

interface Count extends Times, Record<Counted, number> {
  readonly fingerprint: number;
  readonly hour: number;
  readonly port: number;
  readonly starttls: string;
}

interface NameCount extends Times {
  readonly fingerprint: number;
  readonly name: string;
  hellos: number;
}

/** What one transaction adds to the counts: gathered row by row, written once for each hour, total and name it touches. */
export class Tally {
  readonly #addHour: Statement<[Count]>;
  readonly #addTotal: Statement<[Count]>;
  readonly #addName: Statement<[NameCount]>;
  readonly #addRows: Statement<[number, string]>;
  readonly #hours = new Map<string, Count>();
  readonly #totals = new Map<string, Count>();
  readonly #names = new Map<string, NameCount>();
  #observations = 0;
  #logins = 0;

  constructor(database: Database) {
    this.#addHour = database.prepare(ADD_HOUR);
    this.#addTotal = database.prepare(ADD_TOTAL);
    this.#addName = database.prepare(ADD_NAME);
    this.#addRows = database.prepare('UPDATE row_counts SET rows = rows + ? WHERE name = ?');
  }

  /** @param second of capture time */
  hello(fingerprint: number, second: number, port: number, starttls: string | null, serverName: string | null): void {
    this.#observations++;
    this.#count('hellos', fingerprint, second, port, starttls ?? '');
    if (serverName === null) return;
    const key = `${fingerprint} ${serverName}`;
    let count = this.#names.get(key);
    if (count === undefined) {
      count = { fingerprint, name: serverName, hellos: 0, first: second, last: second };
      this.#names.set(key, count);
    }
    count.hellos++;
    stretch(count, second);
  }

  /** @param fingerprint null: nothing of the hello is known */
  login(outcome: LoginOutcome, fingerprint: number | null, second: number, port: number): void {
    this.#logins++;
    // Whether STARTTLS came before is not logged.
    if (fingerprint !== null) this.#count(outcome, fingerprint, second, port, '');
  }

  /** To be called before the commit. */
  write(): void {
    for (const count of this.#hours.values()) this.#addHour.run(count);
    for (const count of this.#totals.values()) this.#addTotal.run(count);
    for (const count of this.#names.values()) this.#addName.run(count);
    if (this.#observations > 0) this.#addRows.run(this.#observations, 'observations');
    if (this.#logins > 0) this.#addRows.run(this.#logins, 'logins');
    this.clear();
  }

  /** Forgets what was gathered: it is written, or will never be. */
  clear(): void {
    this.#hours.clear();
    this.#totals.clear();
    this.#names.clear();
    this.#observations = 0;
    this.#logins = 0;
  }

  #count(what: Counted, fingerprint: number, second: number, port: number, starttls: string): void {
    const hour = Math.floor(second / SECONDS_PER_HOUR);
    const place = `${fingerprint} ${port} ${starttls}`;
    for (const [counts, key] of [
      [this.#hours, `${hour} ${place}`],
      [this.#totals, place],
    ] as const) {
      let count = counts.get(key);
      if (count === undefined) {
        count = {
          fingerprint,
          hour,
          port,
          starttls,
          hellos: 0,
          succeeded: 0,
          failed: 0,
          refused: 0,
          none: 0,
          first: second,
          last: second,
        };
        counts.set(key, count);
      }
      count[what]++;
      stretch(count, second);
    }
  }
}

function stretch(times: Times, second: number): void {
  if (second < times.first) times.first = second;
  if (second > times.last) times.last = second;
}
