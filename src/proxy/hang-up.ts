import type { Duplex } from 'node:stream';
import type { EndSignal } from './ending.js';
import { GOODBYE_TIMEOUT } from './limits.js';

/**
 * Ends a connection nobody needs any more: what was written still goes out, what comes is thrown away, and a peer that does not close its side in time is cut off. (To
 * destroy it at once would make the system answer what was not read with a reset, which can overtake the goodbye.)
 *
 * @param signal when it fires, nobody waits for the peer any longer
 */
export function hangUp(stream: Duplex, signal?: EndSignal): void {
  stream.on('error', () => {}); // it is over; there is nobody to tell
  if (stream.destroyed) return;
  const cut = () => stream.destroy();
  const timer = setTimeout(cut, GOODBYE_TIMEOUT);
  signal?.addEventListener('abort', cut, { once: true });
  stream.once('close', () => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', cut);
  });
  // Of a proxy that goes the last words are still heard.
  stream.end(signal?.aborted ? cut : undefined);
  stream.resume();
}
