import type { KnownValue, KnownViews, ToldViews } from '../../model/index.js';
import { checkColumns } from '../column-types.js';
import type { Database } from '../database.js';
import type { Statement } from '../driver.js';
import { FINGERPRINTS_REMEMBERED } from '../limits.js';
import { type FingerprintColumns, fingerprintOf } from '../stored-rows.js';

/** Views that were told, as the fingerprints table has them; null where nothing was. Of ja3n it keeps no string: that follows from ja3's. */
export function knownViews({ ja3, ja3n, sslJa3, ja4 }: ToldViews): KnownViews | null {
  if (ja3 === null && ja3n === null && sslJa3 === null && ja4 === null) return null;
  return { ja3, ja3n, sslJa3: { '3.0': null, '3.5': null }, ja4 };
}

const NOTHING: ToldViews = { ja3: null, ja3n: null, sslJa3: null, ja4: null };

/** What a hash was made of, where only the hash was told, from a hello that was seen whole. */
const FIND = `
SELECT told.*,
  (SELECT ja3 FROM fingerprints WHERE whole AND ja3_hash = told.ja3_hash LIMIT 1) AS seen_ja3,
  (SELECT iif(ssl_ja3_30_hash = told.ssl_ja3_hash, ssl_ja3_30, ssl_ja3_35) FROM fingerprints
   WHERE whole AND (ssl_ja3_30_hash = told.ssl_ja3_hash OR ssl_ja3_35_hash = told.ssl_ja3_hash) LIMIT 1) AS seen_ssl_ja3
FROM fingerprints AS told WHERE id = ?`;

interface Seen {
  readonly seen_ja3: string | null;
  readonly seen_ssl_ja3: string | null;
}

/** Views by the number of a fingerprint, for one walk over a table: hellos come again and again. */
export class ToldViewsById {
  readonly #find: Statement<[number], FingerprintColumns & Seen>;
  readonly #known = new Map<number, ToldViews>();

  constructor(database: Database) {
    this.#find = database.prepare(FIND);
  }

  of(id: number | null): ToldViews {
    if (id === null) return NOTHING;
    let views = this.#known.get(id);
    if (views === undefined) {
      const row = this.#find.get(id);
      views = row === undefined ? NOTHING : told(row);
      if (this.#known.size >= FINGERPRINTS_REMEMBERED) this.#known.clear();
      this.#known.set(id, views);
    }
    return views;
  }
}

/** Of a hello that was seen whole, ssl_ja3 is what a Dovecot with OpenSSL 3.0 would have told. */
function told(row: FingerprintColumns & Seen): ToldViews {
  checkColumns<Seen>(row, { seen_ja3: 'text or null', seen_ssl_ja3: 'text or null' });
  const { ja3, ja3n, sslJa3, sslJa3Logged, ja4 } = fingerprintOf(row).views;
  return {
    ja3: completed(ja3, row.seen_ja3),
    ja3n,
    sslJa3: completed(sslJa3Logged ?? sslJa3['3.0'] ?? sslJa3['3.5'], row.seen_ssl_ja3),
    ja4,
  };
}

function completed(value: KnownValue | null, string: string | null): KnownValue | null {
  return value === null || value.string !== null ? value : { ...value, string };
}
