// A raw TLS server, as a mail server has one. It refuses a client by its hello, before any handshake, and logs the others.
//
//   node examples/fingerprint-a-tls-server.mjs KEY.pem CERTIFICATE.pem 8993      then: openssl s_client -connect localhost:8993
import { readFileSync } from 'node:fs';
import { createServer } from 'node:tls';
import { fingerprintConnections } from 'ja3-sensor/socket';

const UNWANTED = new Set(['e7d705a3286e19ea42f587b344ee6865']);

const [key, cert] = process.argv.slice(2, 4).map((file) => readFileSync(file));
const server = createServer({ key, cert }, (socket) => {
  const { ja3, ja4 } = socket.fingerprint ?? {};
  console.log(`${socket.remoteAddress} ja3=${ja3?.hash ?? '-'} ja4=${ja4?.hash ?? '-'}`);
  socket.on('error', () => socket.destroy());
  socket.end('* BYE this is an example\r\n');
});
fingerprintConnections(server, { firstByteTimeout: 10_000, lastByteTimeout: 10_000 });

server.on('fingerprint', (fingerprint, socket) => {
  if (UNWANTED.has(fingerprint.ja3.hash)) socket.destroy();
});
server.on('fingerprintError', (error, socket) => console.log(`${socket.remoteAddress} no hello: ${error.code}`));
server.on('tlsClientError', (error) => console.log(`handshake failed: ${error.code}`));
server.listen(Number(process.argv[4] ?? 8993), '127.0.0.1', () => console.log('listening on', server.address()));
