import type { KnownViews, LabelRow } from '../../model/index.js';
import { columnsOf } from './label-columns.js';

/** How often a fingerprint was seen where. */
export interface SeenOn {
  readonly port: number;
  /** null: TLS from the first byte. */
  readonly starttls: string | null;
  readonly count: number;
}

/** A fingerprint with what may be told of it: who sent it is not here, only how many did. */
export interface SharedFingerprint {
  readonly fingerprint: KnownViews;
  /** Observations. */
  readonly count: number;
  /** Distinct client addresses they came from. */
  readonly sources: number;
  /** Days, `YYYY-MM-DD`. */
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly seenOn: readonly SeenOn[];
  readonly labels: readonly LabelRow[];
}

/** Fingerprints of fewer clients may be that of one person's unusual device. */
export const LEAST_SOURCES = 5;

export interface ShareOptions {
  /** Default {@link LEAST_SOURCES}. */
  readonly leastSources?: number;
  /** Told of every fingerprint that is held back. */
  readonly onWithheld?: (row: SharedFingerprint) => void;
}

/**
 * Fingerprints with counts and labels, one JSON object a line, to be given away: no addresses, no server names, no times of day, and none that fewer than
 * `leastSources` distinct clients sent.
 */
export function* fingerprintsToNdjson(
  rows: Iterable<SharedFingerprint>,
  { leastSources = LEAST_SOURCES, onWithheld }: ShareOptions = {},
): Generator<string> {
  for (const row of rows) {
    // Not `<`: a count that is no number must not let anything out.
    if (row.sources >= leastSources) yield `${JSON.stringify(shared(row))}\n`;
    else onWithheld?.(row);
  }
}

function shared(row: SharedFingerprint): Readonly<Record<string, unknown>> {
  const { ja3, ja3n, sslJa3, ja4 } = row.fingerprint;
  return {
    ja3: ja3?.string ?? null,
    ja3_hash: ja3?.hash ?? null,
    ja3n_hash: ja3n?.hash ?? null,
    ssl_ja3_30_hash: sslJa3['3.0']?.hash ?? null,
    ssl_ja3_35_hash: sslJa3['3.5']?.hash ?? null,
    ja4: ja4?.hash ?? null,
    ja4_r: ja4?.string ?? null,
    count: row.count,
    clients: row.sources,
    first_seen: row.firstSeen,
    last_seen: row.lastSeen,
    seen_on: row.seenOn.map(({ port, starttls, count }) => ({ port, starttls, count })),
    labels: row.labels.map(columnsOf),
  };
}
