import type { KnownValue, KnownViews, LabelRow, ObservationRow, RecordedLogin } from '../model/index.js';
import { isWhole, newSecretBytes, observationDigest, secretOf, shapeKey } from './keys.js';
import { distinctLabels } from './label-key.js';
import { isSeen, loggedSslJa3, viewsOf } from './login-table.js';
import { MemoryLabels } from './memory-labels.js';
import type {
  Import,
  LoginFilter,
  LoginStore,
  ObservationStore,
  RecordingStore,
  StoreCounts,
  Stored,
  StoredLogin,
  UserForm,
} from './surface/index.js';
import { timestampOf } from './time.js';

/**
 * The store without a file: what names hellos where there is no database, and what other rooms are tested with. Gone when the process ends, and so is its secret.
 * It answers no questions about fingerprints and needs no upkeep: those are about files that live for months.
 */
export function memoryStore(): RecordingStore {
  return new MemoryStore();
}

class MemoryStore implements RecordingStore {
  readonly labels: MemoryLabels;
  readonly observations: ObservationStore;
  readonly logins: LoginStore;
  readonly #secret = secretOf(newSecretBytes());
  /** Views and row number by shape. */
  readonly #shapes = new Map<string, { readonly id: number; readonly views: KnownViews }>();
  readonly #seen = new Set<string>();
  readonly #logins = new Map<string, StoredLogin>();

  constructor() {
    this.labels = new MemoryLabels(() => [...this.#shapes.values()].map(({ views }) => views).filter(isWhole));
    this.observations = { record: (rows) => tally(rows, (row) => this.#observe(row)) };
    this.logins = {
      record: (rows, users = 'hmac') => tally(rows, (row) => this.#logIn(row, users)),
      list: (filter = {}) => this.#list(filter),
      exportUser: (name) => this.#ofUser(name).map(([, login]) => login),
      forgetUser: (name) => this.#ofUser(name).filter(([key]) => this.#logins.delete(key)).length,
    };
  }

  startImport(): Import {
    const labels: LabelRow[] = [];
    const observations: ObservationRow[] = [];
    const logins: [RecordedLogin, UserForm][] = [];
    return {
      labels: (rows) => void labels.push(...rows),
      observations: (rows) => void observations.push(...rows),
      logins: (rows, users = 'hmac') => {
        for (const row of rows) logins.push([row, users]);
      },
      commit: () => {
        const { distinct, duplicates } = distinctLabels(labels);
        const stored = tally(distinct, (row) => this.labels.insert(row, true));
        return {
          labels: { added: stored.added, known: stored.known + duplicates },
          observations: this.observations.record(observations),
          logins: tally(logins, ([row, users]) => this.#logIn(row, users)),
        };
      },
      abort: () => undefined,
    };
  }

  counts(): StoreCounts {
    return {
      fingerprints: this.#shapes.size,
      labels: this.labels.list().length,
      observations: this.#seen.size,
      logins: this.#logins.size,
    };
  }

  close(): void {
    this.labels.clear();
    this.#shapes.clear();
    this.#seen.clear();
    this.#logins.clear();
  }

  #observe(row: ObservationRow): boolean {
    this.#idOf(row.fingerprint, null);
    const before = this.#seen.size;
    this.#seen.add(this.#secret.observation(observationDigest(row)).toString('latin1'));
    return this.#seen.size > before;
  }

  #logIn(row: RecordedLogin, users: UserForm): boolean {
    const userKey = row.user === null || users === 'none' ? null : this.#secret.user(row.user);
    const views = viewsOf(row);
    const fingerprintId = views === null ? null : this.#idOf(views, loggedSslJa3(row));
    const key = this.#secret.login(row, userKey).toString('latin1');
    if (this.#logins.has(key)) return false;
    const { session, protocol, remote, local, mechanism, outcome, reason, tls } = row;
    const seen = isSeen(row) ? row : null;
    this.#logins.set(key, {
      id: this.#logins.size + 1,
      time: timestampOf(row.time.seconds, row.time.nanoseconds),
      user: users === 'plain' ? row.user : null,
      userHash: userKey === null ? null : userKey.toString('hex'),
      session,
      protocol,
      remote,
      local,
      mechanism,
      outcome,
      reason,
      tls,
      fingerprintId,
      listener: seen?.listener ?? null,
      sni: seen?.sni ?? null,
      tlsVersion: seen?.tlsVersion ?? null,
      backend: seen?.backend ?? null,
      reasonCode: seen?.reasonCode ?? null,
      clientId: seen?.clientId ?? null,
      recordedAt: Math.floor(Date.now() / 1000),
    });
    return true;
  }

  #idOf(views: KnownViews, sslJa3Logged: KnownValue | null): number {
    const shape = shapeKey(views, sslJa3Logged).toString('latin1');
    const id = this.#shapes.get(shape)?.id ?? this.#shapes.size + 1;
    if (!this.#shapes.has(shape)) this.#shapes.set(shape, { id, views });
    return id;
  }

  #list({ fingerprintId, user, since, outcome, limit = 100 }: LoginFilter): readonly StoredLogin[] {
    const hash = user === undefined ? undefined : this.#secret.user(user).toString('hex');
    return [...this.#logins.values()]
      .filter(
        (login) =>
          (fingerprintId === undefined || login.fingerprintId === fingerprintId) &&
          (hash === undefined || login.userHash === hash) &&
          (since === undefined || login.time.seconds >= since) &&
          (outcome === undefined || login.outcome === outcome),
      )
      .sort((a, b) => b.time.seconds - a.time.seconds || b.id - a.id)
      .slice(0, limit);
  }

  #ofUser(name: string): [string, StoredLogin][] {
    const hash = this.#secret.user(name).toString('hex');
    return [...this.#logins]
      .filter(([, login]) => login.userHash === hash)
      .sort(([, a], [, b]) => a.time.seconds - b.time.seconds || a.id - b.id);
  }
}

function tally<Row>(rows: Iterable<Row>, isNew: (row: Row) => boolean): Stored {
  let added = 0;
  let known = 0;
  for (const row of rows) {
    if (isNew(row)) added++;
    else known++;
  }
  return { added, known };
}
