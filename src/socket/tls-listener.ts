import type { Server as NetServer, Socket } from 'node:net';
import { Server } from 'node:tls';

/** What a TLS server does with a new connection. */
export type ConnectionListener = (this: NetServer, socket: Socket) => void;

let known: ConnectionListener | undefined;

/**
 * Node's own listener for 'connection', the one that begins TLS: the same function in every tls, https and http2 server, and the only listener of one that was just
 * made.
 */
export function tlsListener(): ConnectionListener {
  known ??= new Server().listeners('connection')[0] as ConnectionListener;
  return known;
}

/** Puts one listener for 'connection' in another one's place among the others. @returns false where that is not there */
export function replaceListener(server: NetServer, old: ConnectionListener, by: ConnectionListener): boolean {
  const all = server.rawListeners('connection') as ConnectionListener[];
  const at = all.indexOf(old);
  if (at < 0) return false;
  const following = all.slice(at + 1);
  for (const listener of [old, ...following]) server.off('connection', listener);
  for (const listener of [by, ...following]) server.on('connection', listener);
  return true;
}
