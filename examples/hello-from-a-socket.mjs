// Reads the hello of a TLS client on a plain socket, in whatever pieces it comes.
//
//   node examples/hello-from-a-socket.mjs 8443      then: openssl s_client -connect localhost:8443
import { createServer } from 'node:net';
import { fingerprint, HelloStream } from 'ja3-sensor';

const server = createServer((socket) => {
  const stream = new HelloStream();
  socket.setTimeout(10_000, () => socket.destroy());
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    const outcome = stream.push(chunk);
    if (outcome.state === 'need_more') return;
    if (outcome.state === 'done') console.log(socket.remoteAddress, fingerprint(outcome.hello).ja3.hash);
    else console.log(socket.remoteAddress, 'no hello:', outcome.error.code);
    socket.destroy();
  });
});
server.listen(Number(process.argv[2] ?? 8443), '127.0.0.1', () => console.log('listening on', server.address()));
