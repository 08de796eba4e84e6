/**
 * A TLS server for bench/hook.ts, in a process of its own: `node hook-server.mjs KIND FOLDER`. Says its port, and its processor time whenever it is asked.
 */
import { readFileSync } from 'node:fs';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { createServer } from 'node:tls';
import { type ConnectionFingerprint, fingerprintConnections } from '../../src/socket/index.js';

const [kind, folder] = process.argv.slice(2) as [string, string];
const server = createServer({
  key: readFileSync(join(folder, 'key.pem')),
  cert: readFileSync(join(folder, 'cert.pem')),
  minVersion: 'TLSv1.3',
});
let read = '';

switch (kind) {
  case 'bare':
    break;
  case 'hook':
    fingerprintConnections(server);
    break;
  case 'hook, values read':
    fingerprintConnections(server);
    server.on('fingerprint', (fingerprint: ConnectionFingerprint) => {
      read = `${fingerprint.ja3.hash} ${fingerprint.ja3n.hash} ${fingerprint.sslJa3['3.5'].hash} ${fingerprint.ja4?.hash}`;
    });
    break;
  case 'through a stream':
    throughStreams();
    break;
  default:
    throw new Error(`no such server: ${kind}`);
}

/** The other way to see the hello: TLS over a JavaScript stream, which then carries every byte of the connection. */
function throughStreams(): void {
  const [listener] = server.listeners('connection') as ((stream: Duplex) => void)[];
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    const stream = new Duplex({
      read: () => socket.resume(),
      write: (chunk, _encoding, done) => void socket.write(chunk, done),
      final: (done) => void socket.end(done),
    });
    socket.on('data', (chunk) => {
      if (!stream.push(chunk)) socket.pause();
    });
    socket.on('end', () => stream.push(null));
    socket.on('error', (error) => stream.destroy(error));
    socket.on('close', () => stream.destroy());
    listener!.call(server, stream);
  });
}

server.on('secureConnection', (socket) => {
  socket.on('error', () => {}); // the client may be gone first
  socket.end('.');
});
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send!({ cpu: user + system, read });
});
server.listen(0, '127.0.0.1', () => process.send!({ port: (server.address() as AddressInfo).port }));
