import type { HeardLogin } from '../../model/index.js';
import type { Database } from '../database.js';
import type { Statement } from '../driver.js';
import { ATTEMPTS_OF_SESSION, EXPORT_PAGE, SESSIONS_LISTED } from '../limits.js';
import { HEARD_COLUMNS, type HeardColumns, heardOf } from './heard-columns.js';
import { firstId } from './heard-id.js';
import { ToldViewsById } from './told-views.js';

const SELECT = `SELECT ${HEARD_COLUMNS} FROM heard`;

/** Sessions are known as long as addresses are whole. Those rows are read through: an index by session would cost more than all else that is written of a row. */
const UNCUT = 'id >= (SELECT id FROM heard WHERE cut = 0 ORDER BY id LIMIT 1)';

/** The table `heard`, for those who ask. */
export class HeardPages {
  readonly #database: Database;
  readonly #page: Statement<[number, number], HeardColumns>;
  readonly #ofSession: Statement<[string], HeardColumns>;
  readonly #sessions: Statement<[{ prefix: string; limit: number }], { session: string }>;
  readonly #ofUser: Statement<[Buffer], HeardColumns>;

  constructor(database: Database) {
    this.#database = database;
    this.#page = database.prepare(`${SELECT} WHERE id >= ? AND id < ? ORDER BY id LIMIT ${EXPORT_PAGE}`);
    this.#ofSession = database.prepare(
      `${SELECT} WHERE ${UNCUT} AND session = ? ORDER BY id LIMIT ${ATTEMPTS_OF_SESSION}`,
    );
    this.#sessions = database.prepare(
      `SELECT DISTINCT session FROM heard WHERE ${UNCUT} AND session >= @prefix AND session < @prefix || char(0x10ffff) ORDER BY session LIMIT @limit`,
    );
    this.#ofUser = database.prepare(`${SELECT} WHERE user_key = ? ORDER BY id`);
  }

  /** Page by page. @param since milliseconds */
  *between(since: number, until?: number): Generator<HeardLogin> {
    const end = until === undefined ? Number.MAX_SAFE_INTEGER : firstId(until);
    const views = new ToldViewsById(this.#database);
    for (let from = firstId(since); ; ) {
      const { logins, last } = this.#database.guarded(() => {
        const page = this.#page.all(from, end);
        return { logins: page.map((row) => heardOf(row, views)), last: page.at(-1)?.id };
      });
      yield* logins;
      // A damaged tree can lead back to where it came from.
      if (last === undefined || logins.length < EXPORT_PAGE || last < from) return;
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

  #all(read: () => readonly HeardColumns[]): readonly HeardLogin[] {
    const views = new ToldViewsById(this.#database);
    return this.#database.guarded(() => read().map((row) => heardOf(row, views)));
  }
}
