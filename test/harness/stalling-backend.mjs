// An IMAP backend in a process of its own, which is killed. It lets `u` with `p` in, says `asked` when anybody else asks, and never answers those.
import { createServer } from 'node:net';

const good = Buffer.from('\0u\0p').toString('base64');
const server = createServer((socket) => {
  socket.on('error', () => {});
  socket.write('* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready\r\n');
  socket.on('data', (chunk) => {
    const [tag, command, , initial = ''] = chunk.toString('latin1').trimEnd().split(' ');
    if (initial === good) socket.write(`${tag} OK in\r\n`);
    // A health check says goodbye, which is no question.
    else if (command === 'AUTHENTICATE') process.stdout.write('asked\n');
  });
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
