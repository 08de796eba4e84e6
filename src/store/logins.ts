import type { LoginOutcome, RecordedLogin } from '../model/index.js';
import type { Database } from './database.js';
import type { Statement } from './driver.js';
import type { PolicyTables } from './policy/tables.js';
import { type LoginColumns, loginOf } from './stored-rows.js';
import type { LoginFilter, LoginStore, Stored, StoredLogin, UserForm } from './surface/index.js';
import { rewrite, truncateLog } from './wipe.js';
import type { Writer } from './writer.js';

const DEFAULT_LIMIT = 100;

interface Conditions {
  fingerprint: number | null;
  user: Buffer | null;
  since: number | null;
  outcome: LoginOutcome | null;
  limit: number;
}

/** Each condition that narrows most has an index of its own, and so a statement of its own. */
const SELECT = (by: string) => `
SELECT * FROM logins WHERE ${by} (@since IS NULL OR time_s >= @since) AND (@outcome IS NULL OR outcome = @outcome)
ORDER BY time_s DESC, id DESC LIMIT @limit`;

const BY_FINGERPRINT = `
  fingerprint_id IN (SELECT @fingerprint UNION SELECT id FROM fingerprints WHERE whole_id = @fingerprint) AND (@user IS NULL OR user_key = @user) AND`;

/** The logins table, for those who ask. */
export class Logins implements LoginStore {
  readonly #database: Database;
  readonly #writer: Writer;
  readonly #policy: PolicyTables;
  readonly #all: Statement<[Conditions], LoginColumns>;
  readonly #byUser: Statement<[Conditions], LoginColumns>;
  readonly #byFingerprint: Statement<[Conditions], LoginColumns>;
  readonly #ofUser: Statement<[Buffer], LoginColumns>;
  readonly #deleteUser: Statement<[Buffer]>;
  readonly #uncount: Statement<[number]>;

  constructor(database: Database, writer: Writer, policy: PolicyTables) {
    this.#database = database;
    this.#writer = writer;
    this.#policy = policy;
    this.#all = database.prepare(SELECT(''));
    this.#byUser = database.prepare(SELECT('user_key = @user AND'));
    this.#byFingerprint = database.prepare(SELECT(BY_FINGERPRINT));
    this.#ofUser = database.prepare('SELECT * FROM logins WHERE user_key = ? ORDER BY time_s, id');
    this.#deleteUser = database.prepare('DELETE FROM logins WHERE user_key = ?');
    this.#uncount = database.prepare("UPDATE row_counts SET rows = rows - ? WHERE name = 'logins'");
  }

  record(rows: Iterable<RecordedLogin>, users: UserForm = 'hmac'): Stored {
    return this.#database.guarded(() => this.#writer.recordLogins(rows, users));
  }

  list({ fingerprintId, user, since, outcome, limit = DEFAULT_LIMIT }: LoginFilter = {}): readonly StoredLogin[] {
    return this.#database.guarded(() => {
      const conditions = {
        fingerprint: fingerprintId ?? null,
        user: user === undefined ? null : this.#database.secret.user(user),
        since: since ?? null,
        outcome: outcome ?? null,
        limit,
      };
      const statement =
        fingerprintId !== undefined ? this.#byFingerprint : user !== undefined ? this.#byUser : this.#all;
      return statement.all(conditions).map(loginOf);
    });
  }

  exportUser(name: string): readonly StoredLogin[] {
    return this.#database.guarded(() => this.#ofUser.all(this.#database.secret.user(name)).map(loginOf));
  }

  forgetUser(name: string): number {
    return this.#database.guarded(() => {
      const deleted = this.#database.transaction(() => {
        const { changes } = this.#deleteUser.run(this.#database.secret.user(name));
        this.#uncount.run(changes);
        return changes + this.#policy.deleteUser(name);
      });
      rewrite(this.#database);
      truncateLog(this.#database);
      return deleted;
    });
  }
}
