// An https server that says which hello its client sent.
//
//   node examples/fingerprint-an-https-server.mjs KEY.pem CERTIFICATE.pem 8443      then: curl --insecure https://localhost:8443/
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { fingerprintConnections } from 'ja3-sensor/socket';

const [key, cert] = process.argv.slice(2, 4).map((file) => readFileSync(file));
const server = createServer({ key, cert }, (req, res) => {
  // null where the hello could not be used
  const fingerprint = req.socket.fingerprint;
  res.setHeader('content-type', 'application/json');
  res.end(`${JSON.stringify(fingerprint)}\n`);
});
fingerprintConnections(server);
server.listen(Number(process.argv[4] ?? 8443), '127.0.0.1', () => console.log('listening on', server.address()));
