import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Lines } from '../imap-script.js';
import type { Situation } from './situations.js';

/** Where the client comes from: not from the server's own address, or it would be trusted. */
export const CLIENT = '127.0.0.9';

/** Does what a client of this situation does. @param user takes the place of PORT */
export async function play({ tls, script }: Situation, port: number, user: string): Promise<void> {
  let socket: Socket = connectTcp({ port, host: '127.0.0.1', localAddress: CLIENT });
  socket.on('error', () => {});
  await once(socket, 'connect');
  if (tls === 'starttls') {
    const clear = new Lines(socket);
    await clear.until(/^\* OK/);
    clear.send('s STARTTLS\r\n');
    await clear.until(/^s OK/);
  }
  if (tls === 'implicit' || tls === 'starttls') {
    socket = connectTls({ socket, rejectUnauthorized: false });
    socket.on('error', () => {});
    await once(socket, 'secureConnect');
  }
  const lines = new Lines(socket);
  if (tls !== 'handshake' && tls !== 'starttls') await lines.until(/^(?:\* OK|\+OK)/);
  for (const step of script) {
    if (step === 'end') {
      socket.end();
      continue;
    }
    lines.send(`${step[0].replace('PORT', user)}\r\n`);
    // To what is no TLS there is no answer but the end.
    if (tls !== 'handshake') await lines.until(step[1]);
  }
  socket.resume();
  if (!socket.closed) await once(socket, 'close');
}
