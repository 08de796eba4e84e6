import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as after } from 'node:timers/promises';
import { table } from '../../lib/section.js';
import { helloBytes } from './hello.js';
import type { Processes } from './processes.js';

/** What a client of TLS 1.3 sends behind its hello when its handshake goes on: change_cipher_spec, and something encrypted. */
const GOES_ON = Buffer.from('140303000101170303001000000000000000000000000000000000', 'hex');

/** Resident memory with idle connections, beside that without. The client is this process. */
export async function measureIdle(processes: Processes, connections: number): Promise<string> {
  const backend = await processes.backend('first-byte');
  const hello = await helloBytes();
  const rows: string[][] = [];
  for (const [name, kind] of [
    ['a bare pipe of Node', 'pipe'],
    ['ja3-sensor, passed through', 'ja3-sensor'],
  ] as const) {
    const way = await processes.proxy(kind, backend.port);
    const empty = await way.ask('rss');
    const sockets: Socket[] = [];
    for (let i = 0; i < connections; i++) {
      // A port can be used once for each of our addresses.
      const localAddress = `127.0.0.${2 + (i % 8)}`;
      const socket = connect({ port: way.port, host: '127.0.0.1', localAddress });
      socket.write(hello);
      await once(socket, 'data');
      socket.write(GOES_ON);
      sockets.push(socket);
    }
    await after(3000); // its garbage is collected when there is nothing to do
    const full = await way.ask('rss');
    for (const socket of sockets) socket.destroy();
    for (const socket of sockets) if (!socket.closed) await once(socket, 'close');
    const each = (full - empty) / connections / 1000;
    rows.push([name, megabytes(empty), megabytes(full), each.toFixed(1)]);
  }
  const title = `${connections} idle connections in one process, resident MB`;
  return `${title}\n\n${table(['relay', 'without', 'with', 'KB each'], rows)}`;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
