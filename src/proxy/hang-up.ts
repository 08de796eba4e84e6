import type { Duplex } from 'node:stream';
import { GOODBYE_TIMEOUT } from './limits.js';

/**
 * Ends a connection nobody needs any more: what was written still goes out, what comes is thrown away, and a peer that does not close its side in time is cut off.
 * (To destroy it at once would make the system answer what was not read with a reset, which can overtake the goodbye.)
 */
export function hangUp(stream: Duplex): void {
  stream.on('error', () => {}); // it is over; there is nobody to tell
  if (stream.destroyed) return;
  const timer = setTimeout(() => stream.destroy(), GOODBYE_TIMEOUT);
  stream.once('close', () => clearTimeout(timer));
  stream.once('end', () => stream.destroy());
  stream.end();
  stream.resume();
}
