import { readFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { closer, listen } from '../tls-servers.js';
import type { CertificateFiles } from './running.js';

/** An IMAP server that lets everybody in, and from then on sends back every byte it gets. */
export interface EchoServer {
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** @param tls from the first byte; `starttls`: when asked for; null: never */
export async function startEchoServer(
  files: CertificateFiles,
  tls: 'implicit' | 'starttls' | null,
): Promise<EchoServer> {
  const keys = { key: readFileSync(files.key), cert: readFileSync(files.cert) };
  const secure = (socket: Socket) => new TLSSocket(socket, { isServer: true, ...keys });
  const server = createServer((socket) => {
    socket.on('error', () => {});
    if (tls === 'implicit') return converse(secure(socket), true);
    converse(socket, true, tls === 'starttls' ? () => converse(secure(socket), false) : null);
  });
  const close = closer(server);
  return { port: await listen(server), close };
}

function converse(socket: Socket, greets: boolean, upgrade: (() => void) | null = null): void {
  let kept = Buffer.alloc(0);
  const words = `IMAP4rev1 SASL-IR ID AUTH=PLAIN${upgrade === null ? '' : ' STARTTLS'}`;
  socket.on('error', () => {});
  if (greets) socket.write(`* OK [CAPABILITY ${words}] ready\r\n`);
  const hear = (chunk: Buffer) => {
    kept = Buffer.concat([kept, chunk]);
    for (;;) {
      const end = kept.indexOf('\r\n');
      if (end < 0) return;
      const [tag, command = ''] = kept.toString('latin1', 0, end).split(' ');
      kept = kept.subarray(end + 2);
      switch (command.toUpperCase()) {
        case 'CAPABILITY':
          socket.write(`* CAPABILITY ${words}\r\n${tag} OK done\r\n`);
          break;
        case 'ID':
          socket.write(`* ID NIL\r\n${tag} OK done\r\n`);
          break;
        case 'STARTTLS':
          socket.off('data', hear);
          socket.write(`${tag} OK go\r\n`);
          return upgrade?.();
        case 'LOGIN':
        case 'AUTHENTICATE':
          socket.off('data', hear);
          socket.on('data', (bytes: Buffer) => socket.write(bytes));
          socket.write(`${tag} OK in\r\n`);
          socket.write(kept);
          return;
        default:
          socket.write(`${tag} BAD what\r\n`);
      }
    }
  };
  socket.on('data', hear);
}
