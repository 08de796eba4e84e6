import type { HeardLogin } from '../../model/index.js';
import type { Database } from '../database.js';
import type { Statement } from '../driver.js';
import type { FingerprintTable } from '../fingerprint-table.js';
import { deviceCell, effectCell, evidenceCell, userCell } from './cells.js';
import { HEARD_COLUMNS } from './heard-columns.js';
import { firstId, PER_MILLISECOND } from './heard-id.js';
import { knownViews } from './told-views.js';

const MILLISECONDS_PER_DAY = 86_400_000;

/** One attempt is told apart from others of its millisecond by these. */
const SAME = `
SELECT id FROM heard
WHERE id >= @first AND id < @first + ${PER_MILLISECOND} AND session IS @session AND user_key IS @user AND device IS @device LIMIT 1`;

const LAST = `SELECT max(id) AS id FROM heard WHERE id >= ? AND id < ? + ${PER_MILLISECOND}`;

const WRITE = `
INSERT OR REPLACE INTO heard (${HEARD_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)`;

/** The day of writing, or that of the login where a clock runs ahead: rows go by their time, and none may outlive its fingerprint. */
const MARK_DAY = `
UPDATE fingerprints SET heard_day = max(@day, unixepoch() / 86400) WHERE id = @id AND (heard_day IS NULL OR heard_day < max(@day, unixepoch() / 86400))`;

interface Slot {
  readonly first: number;
  readonly session: string | null;
  readonly user: Buffer | null;
  readonly device: Buffer | string | null;
}

/** The table `heard`, as far as it is written. */
export class HeardTable {
  readonly #fingerprints: FingerprintTable;
  readonly #same: Statement<[Slot], { id: number }>;
  readonly #last: Statement<[number, number], { id: number | null }>;
  readonly #write: Statement<unknown[]>;
  readonly #markDay: Statement<[{ day: number; id: number }]>;
  readonly #count: Statement<[number]>;

  constructor(database: Database, fingerprints: FingerprintTable) {
    this.#fingerprints = fingerprints;
    this.#same = database.prepare(SAME);
    this.#last = database.prepare(LAST);
    this.#write = database.prepare(WRITE);
    this.#markDay = database.prepare(MARK_DAY);
    this.#count = database.prepare("UPDATE row_counts SET rows = rows + ? WHERE name = 'heard'");
  }

  /**
   * To be called inside a transaction.
   *
   * @param withUsers false: their keys are of a key file that is no more
   */
  write(logins: readonly HeardLogin[], withUsers: boolean): void {
    const days = new Map<number, number>();
    let added = 0;
    for (const login of logins) {
      const user = withUsers && login.userKey !== null ? userCell(login.userKey) : null;
      const device = login.device === null ? null : deviceCell(login.device);
      const { id, isNew } = this.#place({ first: firstId(login.time), session: login.session, user, device });
      if (isNew) added++;
      const views = knownViews(login.views);
      const fingerprint = views === null ? null : this.#fingerprints.idOf(views, login.views.sslJa3);
      if (fingerprint !== null) {
        const day = Math.floor(id / PER_MILLISECOND / MILLISECONDS_PER_DAY);
        days.set(fingerprint, Math.max(day, days.get(fingerprint) ?? day));
      }
      this.#write.run(
        id,
        login.session,
        user,
        login.remote,
        login.protocol,
        login.port,
        login.sni,
        login.mechanism,
        login.tls ? 1 : 0,
        login.tlsVersion,
        login.clientId === null ? null : JSON.stringify(login.clientId),
        fingerprint,
        device,
        login.outcome,
        effectCell(login.effect),
        login.ignored === null ? null : effectCell(login.ignored),
        login.source,
        login.rule,
        evidenceCell(login.evidence),
      );
    }
    for (const [id, day] of days) this.#markDay.run({ day, id });
    if (added > 0) this.#count.run(added);
  }

  /** The row of the same attempt, or the first free number of its millisecond; of one that is full, of the next. */
  #place(slot: Slot): { readonly id: number; readonly isNew: boolean } {
    for (let { first } = slot; ; first += PER_MILLISECOND) {
      const last = this.#last.get(first, first)?.id ?? null;
      if (last === null) return { id: first, isNew: true };
      const same = this.#same.get({ ...slot, first });
      if (same !== undefined) return { id: same.id, isNew: false };
      if (last + 1 < first + PER_MILLISECOND) return { id: last + 1, isNew: true };
    }
  }
}
