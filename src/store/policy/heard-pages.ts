import type { HeardLogin } from '../../model/index.js';
import type { Database } from '../database.js';
import type { Statement } from '../driver.js';
import { ATTEMPTS_OF_SESSION, EXPORT_PAGE, SESSIONS_LISTED } from '../limits.js';
import { numberAt } from './cells.js';
import { HEARD_SELECTED, heardOf } from './heard-columns.js';
import { firstId } from './heard-id.js';
import { ToldViewsById } from './told-views.js';

type Cells = readonly unknown[];

/** Sessions are known as long as addresses are whole. Those rows are read through: an index by session would cost more than all else that is written of a row. */
const UNCUT = 'id >= (SELECT id FROM heard WHERE cut = 0 ORDER BY id LIMIT 1)';

const SESSIONS = `
SELECT DISTINCT session FROM heard WHERE ${UNCUT} AND session >= @prefix AND session < @prefix || char(0x10ffff) ORDER BY session LIMIT @limit`;

/** The table `heard`, for those who ask. */
export class HeardPages {
  readonly #database: Database;
  readonly #page: Statement<[number, number], Cells>;
  readonly #ofSession: Statement<[string], Cells>;
  readonly #sessions: Statement<[{ prefix: string; limit: number }], { session: string }>;
  readonly #ofUser: Statement<[Buffer], Cells>;

  constructor(database: Database) {
    const select = <Parameters extends unknown[]>(rest: string) =>
      database.prepare<Parameters, Cells>(`SELECT ${HEARD_SELECTED} FROM heard WHERE ${rest}`).raw();
    this.#database = database;
    this.#page = select(`id >= ? AND id < ? ORDER BY id LIMIT ${EXPORT_PAGE}`);
    this.#ofSession = select(`${UNCUT} AND session = ? ORDER BY id LIMIT ${ATTEMPTS_OF_SESSION}`);
    this.#sessions = database.prepare(SESSIONS);
    this.#ofUser = select('user_key = ? ORDER BY id');
  }

  /** Page by page. @param since milliseconds */
  *between(since: number, until?: number): Generator<HeardLogin> {
    const end = until === undefined ? Number.MAX_SAFE_INTEGER : firstId(until);
    const views = new ToldViewsById(this.#database);
    for (let from = firstId(since); ; ) {
      const { logins, last } = this.#database.guarded(() => {
        const page = this.#page.all(from, end);
        const lastRow = page.at(-1);
        return {
          logins: page.map((cells) => heardOf(cells, views)),
          last: lastRow === undefined ? null : numberAt(lastRow[0]),
        };
      });
      yield* logins;
      // A damaged tree can lead back to where it came from.
      if (last === null || logins.length < EXPORT_PAGE || last < from) return;
      from = last + 1;
    }
  }

  ofSession(session: string): readonly HeardLogin[] {
    return this.#all(() => this.#ofSession.all(session));
  }

  sessions(prefix: string, limit: number = SESSIONS_LISTED): readonly string[] {
    return this.#database.guarded(() => this.#sessions.all({ prefix, limit }).map(({ session }) => session));
  }

  /** Looks through the whole table. */
  ofUser(userKey: Buffer): readonly HeardLogin[] {
    return this.#all(() => this.#ofUser.all(userKey));
  }

  #all(read: () => readonly Cells[]): readonly HeardLogin[] {
    return this.#database.guarded(() => {
      const views = new ToldViewsById(this.#database);
      return read().map((cells) => heardOf(cells, views));
    });
  }
}
