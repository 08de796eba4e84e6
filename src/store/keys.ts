import { hash } from 'node:crypto';
import type { KnownViews, ObservationRow } from '../model/index.js';

/** Half of a SHA-256: among 10^9 rows two are the same by chance with a probability of 10^-21. */
const KEY_BYTES = 16;

/** Separates the parts of a digest: none of them holds a line feed. */
const END = '\n';

/**
 * What makes two observations one: time, endpoints, transport, ja3_hash.
 *
 * The time counts to the microsecond, so that a microsecond copy of a nanosecond capture (they are cut, not rounded) meets the original.
 */
export function observationKey(row: ObservationRow): Buffer {
  const { timestamp, src, dst } = row;
  const microseconds = Math.floor(timestamp.nanoseconds / 1000);
  return digest(
    `${timestamp.seconds}.${microseconds}${END}${src.ip} ${src.port}${END}${dst.ip} ${dst.port}${END}${row.transport}${END}${row.fingerprint.ja3?.hash ?? ''}`,
  );
}

/** What makes two hellos one shape: the views that the others follow from (ssl_ja3 keeps GREASE ciphers and drops extensions, ja4_r adds the rest). */
export function shapeKey(views: KnownViews): Buffer {
  return digest(`${views.ja3?.string ?? ''}${END}${views.sslJa3['3.5']?.string ?? ''}${END}${views.ja4?.string ?? ''}`);
}

function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer').subarray(0, KEY_BYTES);
}
