// login.mjs HOST PORT CAFILE: an IMAP login through Node's own TLS.
import { readFileSync } from 'node:fs';
import { connect } from 'node:tls';

const [host, port, cafile] = process.argv.slice(2);
const lines = ['a LOGIN user1 example\r\n', 'b LOGOUT\r\n'];
const socket = connect({ host, port: Number(port), servername: host, ca: readFileSync(cafile) });
socket.setEncoding('latin1');
// greeting, then one command after each answer
socket.on('data', (text) => {
  if (/^(\* OK|a OK)/m.test(text)) socket.write(lines.shift() ?? '');
});
