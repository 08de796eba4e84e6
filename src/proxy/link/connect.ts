import { connect, type Socket } from 'node:net';
import { linkFailure, systemCode } from './failure.js';
import type { Leash } from './leash.js';

/** What the system says when it is we who have run out of something, and no host is to blame. */
const OURS: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'EADDRNOTAVAIL']);

/**
 * A connection to a host, paused, not a byte read. Both its sides end on their own, as the client's do. Where a name has addresses of both families, whichever answers
 * first is taken (RFC 8305).
 *
 * @param label for messages
 */
export async function connectTo(
  address: { readonly host: string; readonly port: number },
  leash: Leash,
  label: string,
): Promise<Socket> {
  const socket = connect({ ...address, allowHalfOpen: true, noDelay: true, autoSelectFamily: true });
  socket.pause();
  leash.hold(socket);
  const failed = (error: Error | null) => {
    const code = error === null ? 'closed' : systemCode(error);
    const reason = OURS.has(code) ? 'proxy_dest_internal_failure' : 'proxy_dest_connect_failed';
    return linkFailure(reason, 'connect', label, `cannot be connected to (${code})`, { cause: error });
  };
  await leash.wait<void>(failed, ({ resolve }) => {
    socket.on('connect', resolve);
    return () => socket.off('connect', resolve);
  });
  return socket;
}
