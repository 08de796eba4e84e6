import type { AttemptOutcome } from '../attempt.js';
import { attemptEnd } from './goodbye.js';
import type { Reply } from './reply.js';

/**
 * Permanent errors of AUTH that are between the proxy and the backend (RFC 4954 sections 4 and 6, RFC 5248): commands it does not know or want now, a
 * mechanism it lacks, TLS it misses. To the client they would say that its password is wrong, or that it should begin the TLS it has.
 */
const OURS: ReadonlySet<number> = new Set([500, 502, 503, 504, 523, 530, 538]);

/** What a backend's last reply to AUTH says of the attempt, and what the client is told. null: no such reply belongs there. */
export function readAnswer(reply: Reply): { readonly outcome: AttemptOutcome; readonly reply: Uint8Array } | null {
  if (reply.code === 235) return { outcome: 'succeeded', reply: reply.bytes };
  if (reply.code < 400) return null;
  if (OURS.has(reply.code)) return { outcome: 'unavailable', reply: attemptEnd('unavailable') };
  return { outcome: reply.code < 500 ? 'unavailable' : 'failed', reply: reply.bytes };
}
