import { SensorError } from '../../errors.js';
import type { ReasonCode } from '../dialogue.js';
import { MAX_WORDS } from './limits.js';

export type LinkReason = Extract<ReasonCode, `proxy_dest_${string}`>;

/** What was being done: the `field` of a link's error. */
export type LinkPhase = 'connect' | 'tls' | 'proxy_header' | 'dialogue' | 'signal' | 'hosts';

/** @param what goes on behind the host's name: `refused the connection (ECONNREFUSED)` */
export function linkFailure(
  reason: LinkReason,
  phase: LinkPhase,
  host: string,
  what: string,
  options?: { cause?: unknown },
): SensorError {
  return new SensorError(reason, phase, 0, `${host} ${what}`, options);
}

/** A dialogue may name any reason; whoever asked for a link is given one that says it was the backend. */
export function linkReason(reason: ReasonCode): LinkReason {
  return isLinkReason(reason) ? reason : 'proxy_dest_protocol_failure';
}

function isLinkReason(reason: ReasonCode): reason is LinkReason {
  return reason.startsWith('proxy_dest_');
}

/** The system's or OpenSSL's name for what went wrong (`ECONNREFUSED`, `CERT_HAS_EXPIRED`): never its message, which may quote a certificate. */
export function systemCode(error: unknown): string {
  // Where a name has several addresses and all failed, there is one error for each.
  if (error instanceof AggregateError && error.errors.length > 0) return systemCode(error.errors[0]);
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

/** A backend's words, fit for one line of a log. */
export function printable(words: string): string {
  return words.slice(0, MAX_WORDS).replace(/\p{C}/gu, '?');
}
