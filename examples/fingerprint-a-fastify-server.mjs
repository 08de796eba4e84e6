// Fastify, over its own https server: `npm install fastify` first, it is no dependency of ja3-sensor.
//
//   node examples/fingerprint-a-fastify-server.mjs KEY.pem CERTIFICATE.pem 8443      then: curl --insecure https://localhost:8443/
import { readFileSync } from 'node:fs';
import fastify from 'fastify';
import { fingerprintConnections } from 'ja3-sensor/socket';

const [key, cert] = process.argv.slice(2, 4).map((file) => readFileSync(file));
const app = fastify({ https: { key, cert } });
fingerprintConnections(app.server);

app.get('/', async (request) => request.raw.socket.fingerprint);
await app.listen({ port: Number(process.argv[4] ?? 8443), host: '127.0.0.1' });
console.log('listening on', app.server.address());
