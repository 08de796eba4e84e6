import type { HeardLogin } from '../../model/index.js';
import type { Database } from '../database.js';
import type { Statement } from '../driver.js';
import { EXPORT_PAGE } from '../limits.js';
import { type LoginColumns, loginOf } from '../stored-rows.js';
import { ToldViewsById } from './told-views.js';

/** The index by time brings the seconds in order; within one, rows are sorted. */
const PAGE = `
SELECT * FROM logins WHERE time_s >= @seconds AND (time_s, time_ns, id) > (@seconds, @nanoseconds, @id) ORDER BY time_s, time_ns, id LIMIT ${EXPORT_PAGE}`;

interface Place {
  readonly seconds: number;
  readonly nanoseconds: number;
  readonly id: number;
}

/** The table of logins, as a policy that only listened would have heard them. */
export class RecordedLogins {
  readonly #database: Database;
  readonly #page: Statement<[Place], LoginColumns>;

  constructor(database: Database) {
    this.#database = database;
    this.#page = database.prepare(PAGE);
  }

  /** Page by page. @param since milliseconds */
  *since(since: number): Generator<HeardLogin> {
    const views = new ToldViewsById(this.#database);
    let after = before(since);
    while (true) {
      const { logins, last } = this.#database.guarded(() => {
        const page = this.#page.all(after);
        return { logins: page.map((row) => heard(row, views)), last: page.at(-1) };
      });
      yield* logins;
      if (last === undefined || logins.length < EXPORT_PAGE) return;
      const next = { seconds: last.time_s, nanoseconds: last.time_ns, id: last.id };
      // A damaged tree can lead back to where it came from.
      if (!isAfter(next, after)) return;
      after = next;
    }
  }
}

/** The place just before the first row of a moment: no row has the number 0. */
function before(milliseconds: number): Place {
  const whole = Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Math.floor(milliseconds)));
  const seconds = Math.floor(whole / 1000);
  return { seconds, nanoseconds: (whole - seconds * 1000) * 1_000_000, id: 0 };
}

function isAfter(a: Place, b: Place): boolean {
  return (a.seconds - b.seconds || a.nanoseconds - b.nanoseconds || a.id - b.id) > 0;
}

function heard(row: LoginColumns, views: ToldViewsById): HeardLogin {
  const login = loginOf(row);
  const { seconds, nanoseconds } = login.time;
  return {
    time: seconds * 1000 + Math.floor(nanoseconds / 1_000_000),
    session: login.session,
    userKey: login.userHash,
    remote: login.remote?.ip || null,
    protocol: login.protocol,
    port: login.local?.port || null,
    sni: login.sni,
    mechanism: login.mechanism,
    tls: login.tls,
    tlsVersion: login.tlsVersion,
    clientId: login.clientId,
    views: views.of(login.fingerprintId),
    device: null,
    outcome: login.outcome,
    effect: { action: 'allow' },
    ignored: null,
    source: 'off',
    rule: null,
    evidence: [],
  };
}
