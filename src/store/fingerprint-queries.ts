import type { LoginOutcome } from '../model/index.js';
import type { Database } from './database.js';
import type { Statement } from './driver.js';
import type { FingerprintTable } from './fingerprint-table.js';
import type { LabelTable } from './labels.js';
import { like } from './like.js';
import { DETAIL_LISTED, OBSERVATIONS_LOOKED_AT, SERIES_POINTS } from './limits.js';
import { type FingerprintColumns, fingerprintOf } from './stored-rows.js';
import type {
  FingerprintDetail,
  FingerprintStore,
  FingerprintSummary,
  PortCount,
  SearchResult,
  Seen,
  SeriesPoint,
  SeriesRange,
  ServerNameCount,
  TopFilter,
} from './surface/index.js';

const DEFAULT_LIMIT = 20;
const SECONDS_PER_HOUR = 3600;

/** A fingerprint and the partly known ones that are linked to it. */
const GROUP = '(SELECT @id UNION ALL SELECT id FROM fingerprints WHERE whole_id = @id)';

const LOGINS = 'sum(succeeded + failed + refused + untried)';
const SEEN = `coalesce(sum(hellos), 0) AS hellos, coalesce(${LOGINS}, 0) AS logins, min(first_seen) AS firstSeen, max(last_seen) AS lastSeen`;
const MOST_SEEN_FIRST = `ORDER BY max(coalesce(sum(hellos), 0), coalesce(${LOGINS}, 0)) DESC, id`;

/** Everything a value of which begins with @from (and is below @to), the linked ones under the whole one they are linked to. */
const BEGINNING = ['ja3_hash', 'ja3n_hash', 'ssl_ja3_30_hash', 'ssl_ja3_35_hash', 'ssl_ja3_hash', 'ja4']
  .map((column) => `SELECT coalesce(whole_id, id) AS id FROM fingerprints WHERE ${column} >= @from AND ${column} < @to`)
  .join(' UNION ');

/** Whether there is any such: without the order and the sums, which cost ten times as much. */
const IS_ANY = `SELECT EXISTS (${BEGINNING.replaceAll(' UNION ', ' UNION ALL ')}) AS found`;

const NAMED = `
SELECT coalesce(whole_id, id) AS id FROM fingerprints WHERE id IN (SELECT fingerprint_id FROM server_names WHERE sni LIKE @name ESCAPE '\\')`;

const MOST_SEEN = (found: string) => `
SELECT found.id AS id FROM (${found}) AS found
JOIN fingerprints AS member ON member.id = found.id OR member.whole_id = found.id
LEFT JOIN totals ON totals.fingerprint_id = member.id
GROUP BY found.id ${MOST_SEEN_FIRST} LIMIT @limit`;

const TOP = (table: string, condition: string) => `
SELECT coalesce(whole_id, id) AS id, ${SEEN} FROM ${table} JOIN fingerprints ON fingerprints.id = fingerprint_id
WHERE ${condition} AND (@port IS NULL OR dst_port = @port)
GROUP BY 1 ${MOST_SEEN_FIRST} LIMIT @limit`;

/** Integer division rounds towards zero; hours before 1970 are below it. */
const DAY = '(hour - (hour % 24 + 24) % 24) / 24';

const SERIES = (point: string) => `
SELECT ${point} AS point, sum(hellos) AS hellos, ${LOGINS} AS logins FROM aggregates
WHERE fingerprint_id IN ${GROUP} AND hour >= @since AND hour < @until
GROUP BY point ORDER BY point DESC LIMIT ${SERIES_POINTS}`;

interface Range {
  id: number;
  since: number;
  until: number;
}

type Outcomes = Readonly<Record<LoginOutcome, number>>;

/** What was recorded, asked by fingerprint. Sums come from totals and aggregates; of the large tables only the end is looked at. */
export class FingerprintQueries implements FingerprintStore {
  readonly #database: Database;
  readonly #table: FingerprintTable;
  readonly #labels: LabelTable;
  readonly #row: Statement<[number], FingerprintColumns>;
  readonly #seen: Statement<[{ id: number }], Seen>;
  readonly #beginning: Statement<[{ from: string; to: string; limit: number }], { id: number }>;
  readonly #isAny: Statement<[{ from: string; to: string }], { found: number }>;
  readonly #beginningOrNamed: Statement<[{ from: string; to: string; name: string; limit: number }], { id: number }>;
  readonly #ports: Statement<[{ id: number }], PortCount>;
  readonly #serverNames: Statement<[{ id: number }], ServerNameCount>;
  readonly #outcomes: Statement<[{ id: number }], Outcomes>;
  readonly #parts: Statement<[number], { id: number }>;
  readonly #sources: Statement<[number], { id: number; ip: string }>;
  readonly #series: Readonly<
    Record<SeriesRange['step'], Statement<[Range], { point: number; hellos: number; logins: number }>>
  >;
  readonly #top: Statement<[{ port: number | null; limit: number }], Seen & { id: number }>;
  readonly #topSince: Statement<[{ hour: number; port: number | null; limit: number }], Seen & { id: number }>;

  constructor(database: Database, table: FingerprintTable, labels: LabelTable) {
    this.#database = database;
    this.#table = table;
    this.#labels = labels;
    this.#row = database.prepare('SELECT * FROM fingerprints WHERE id = ?');
    this.#seen = database.prepare(`SELECT ${SEEN} FROM totals WHERE fingerprint_id IN ${GROUP}`);
    this.#beginning = database.prepare(MOST_SEEN(BEGINNING));
    this.#isAny = database.prepare(IS_ANY);
    this.#beginningOrNamed = database.prepare(MOST_SEEN(`${BEGINNING} UNION ${NAMED}`));
    this.#ports = database.prepare(
      `SELECT dst_port AS port, nullif(starttls, '') AS starttls, ${SEEN} FROM totals WHERE fingerprint_id IN ${GROUP}
       GROUP BY 1, 2 ORDER BY max(sum(hellos), ${LOGINS}) DESC, 1, 2`,
    );
    this.#serverNames = database.prepare(
      `SELECT sni AS serverName, sum(hellos) AS hellos, min(first_seen) AS firstSeen, max(last_seen) AS lastSeen
       FROM server_names WHERE fingerprint_id IN ${GROUP} GROUP BY sni ORDER BY 2 DESC, 1 LIMIT ${DETAIL_LISTED}`,
    );
    this.#outcomes = database.prepare(
      `SELECT coalesce(sum(succeeded), 0) AS succeeded, coalesce(sum(failed), 0) AS failed, coalesce(sum(refused), 0) AS refused,
         coalesce(sum(untried), 0) AS none FROM totals WHERE fingerprint_id IN ${GROUP}`,
    );
    this.#parts = database.prepare('SELECT id FROM fingerprints WHERE whole_id = ? ORDER BY id');
    this.#sources = database.prepare(
      `SELECT id, coalesce(proxied_ip, src_ip) AS ip FROM observations WHERE fingerprint_id = ? ORDER BY id DESC LIMIT ${OBSERVATIONS_LOOKED_AT}`,
    );
    this.#series = { hour: database.prepare(SERIES('hour')), day: database.prepare(SERIES(DAY)) };
    this.#top = database.prepare(TOP('totals', 'true'));
    this.#topSince = database.prepare(TOP('aggregates', 'hour >= @hour'));
  }

  get(id: number): FingerprintSummary | null {
    return this.#database.guarded(() => this.#summary(id));
  }

  find(value: string, limit: number = DEFAULT_LIMIT): readonly FingerprintSummary[] {
    const range = beginning(value);
    return this.#database.guarded(() =>
      // A policy server asks for every hello that it has never heard of, and most of these nobody has.
      this.#isAny.get(range)?.found === 1 ? this.#summaries(this.#beginning.all({ ...range, limit })) : [],
    );
  }

  detail(id: number): FingerprintDetail | null {
    return this.#database.guarded(() => {
      const summary = this.#summary(id);
      if (summary === null) return null;
      const parts = this.#parts.all(id).map((part) => part.id);
      return {
        ...summary,
        ports: this.#ports.all({ id }),
        serverNames: this.#serverNames.all({ id }),
        sources: this.#countSources([id, ...parts]),
        outcomes: this.#outcomes.get({ id })!,
        fits: summary.whole ? [] : this.#table.fits(id, DETAIL_LISTED),
        parts,
      };
    });
  }

  series(id: number, { step, since, until }: SeriesRange): readonly SeriesPoint[] {
    const hours = step === 'hour' ? 1 : 24;
    const range = {
      id,
      since: since === undefined ? Number.MIN_SAFE_INTEGER : Math.floor(since / SECONDS_PER_HOUR / hours) * hours,
      until: until === undefined ? Number.MAX_SAFE_INTEGER : Math.ceil(until / SECONDS_PER_HOUR / hours) * hours,
    };
    return this.#database.guarded(() =>
      this.#series[step]
        .all(range)
        .reverse()
        .map(({ point, hellos, logins }) => ({ start: point * hours * SECONDS_PER_HOUR, hellos, logins })),
    );
  }

  top({ since, port, limit = DEFAULT_LIMIT }: TopFilter = {}): readonly FingerprintSummary[] {
    return this.#database.guarded(() => {
      const filter = { port: port ?? null, limit };
      const found =
        since === undefined
          ? this.#top.all(filter)
          : this.#topSince.all({ ...filter, hour: Math.floor(since / SECONDS_PER_HOUR) });
      return found.map(({ id, ...seen }) => ({ ...fingerprintOf(this.#row.get(id)!), ...seen }));
    });
  }

  search(text: string, limit: number = DEFAULT_LIMIT): SearchResult {
    return this.#database.guarded(() => {
      const conditions = { ...beginning(text), name: like(text, 'anywhere'), limit };
      return {
        labels: this.#labels.search(text, limit),
        fingerprints: this.#summaries(this.#beginningOrNamed.all(conditions)),
      };
    });
  }

  #summaries(found: readonly { readonly id: number }[]): readonly FingerprintSummary[] {
    return found.map(({ id }) => this.#summary(id)!);
  }

  #summary(id: number): FingerprintSummary | null {
    const row = this.#row.get(id);
    return row === undefined ? null : { ...fingerprintOf(row), ...this.#seen.get({ id })! };
  }

  #countSources(ids: readonly number[]): FingerprintDetail['sources'] {
    const latest = ids
      .flatMap((id) => this.#sources.all(id))
      .sort((a, b) => b.id - a.id)
      .slice(0, OBSERVATIONS_LOOKED_AT);
    return { distinct: new Set(latest.map(({ ip }) => ip)).size, among: latest.length };
  }
}

/**
 * The range of what begins with a text: hashes are hex digits, in ja4 letters and an underscore too, all of them below the tilde. Digits may be handed in as
 * capitals; in a ja4 a capital is one, of ALPN.
 */
function beginning(value: string): { from: string; to: string } {
  const from = /^[0-9A-F]+$/i.test(value) ? value.toLowerCase() : value;
  return { from, to: `${from}~` };
}
