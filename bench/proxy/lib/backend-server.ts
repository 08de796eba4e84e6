/**
 * Backends, in a process of their own: `node backend-server.mjs KIND ARGUMENT`. Says its port.
 *
 * - `first-byte`: a byte in answer to the first that comes.
 * - `bulk BYTES`: so many, then the end.
 * - `silent`: takes what comes.
 * - `imap FOLDER`: TLS, with `key.pem` and `cert.pem` of a folder, and an IMAP server that lets everybody in.
 */
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';

const [kind, argument = ''] = process.argv.slice(2) as [string, string?];
const piece = Buffer.alloc(256 * 1024);
const listening = { port: 0, host: '127.0.0.1', backlog: 4096 };

const server = serverOf();
server.on('connection', (socket: Socket) => {
  socket.on('error', () => {}); // whoever is measured ends as it likes
});
server.listen(listening, () => process.send!((server.address() as AddressInfo).port));

function serverOf(): Server {
  switch (kind) {
    case 'first-byte':
      return createServer({ noDelay: true }, (socket) => void socket.once('data', () => socket.write('!')).resume());
    case 'bulk':
      return createServer((socket) => void socket.once('data', () => give(socket, Number(argument))).resume());
    case 'silent':
      return createServer((socket) => void socket.resume());
    case 'imap':
      return createTlsServer(
        { key: readFileSync(join(argument, 'key.pem')), cert: readFileSync(join(argument, 'cert.pem')) },
        speakImap,
      );
    default:
      throw new Error(`no such backend: ${kind}`);
  }
}

function give(socket: Socket, bytes: number): void {
  let left = bytes;
  const more = () => {
    while (left > 0) {
      const size = Math.min(left, piece.length);
      left -= size;
      if (!socket.write(size === piece.length ? piece : piece.subarray(0, size))) {
        socket.once('drain', more);
        return;
      }
    }
    socket.end();
  };
  more();
}

function speakImap(socket: Socket): void {
  socket.on('error', () => {});
  socket.write('* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready\r\n');
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
    for (let end = text.indexOf('\r\n'); end >= 0; end = text.indexOf('\r\n')) {
      const [tag, command] = text.slice(0, end).split(' ');
      text = text.slice(end + 2);
      const name = command?.toUpperCase();
      if (name === 'CAPABILITY') socket.write('* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n');
      // What mutt asks for before it shows a mailbox, which is empty.
      if (name === 'SELECT')
        socket.write('* FLAGS ()\r\n* 0 EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY 1] .\r\n* OK [UIDNEXT 1] .\r\n');
      if (name === 'LOGOUT') socket.end(`* BYE\r\n${tag} OK\r\n`);
      else socket.write(`${tag} OK done\r\n`);
    }
  });
}
