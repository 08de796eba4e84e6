import type { Duplex } from 'node:stream';
import { GOODBYE_TIMEOUT } from './limits.js';

/**
 * Ends a connection nobody needs any more: what was written still goes out, and who does not take it in time is cut off.
 *
 * @param waits for the peer to close its side, and throws away what comes until then; to destroy the connection at once would make the system answer what was not read
 * with a reset, which can overtake the goodbye
 */
export function hangUp(stream: Duplex, waits = true): void {
  stream.on('error', () => {}); // it is over; there is nobody to tell
  if (stream.destroyed) return;
  const timer = setTimeout(() => stream.destroy(), GOODBYE_TIMEOUT);
  stream.once('close', () => clearTimeout(timer));
  if (waits) {
    stream.end();
    stream.resume();
  } else stream.end(() => stream.destroy());
}
