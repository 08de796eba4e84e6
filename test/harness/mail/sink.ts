import { createServer, type Socket } from 'node:net';
import { closer, listen } from '../tls-servers.js';

/** An SMTP server that takes every mail and keeps it: where a submission server relays to. */
export interface Sink {
  readonly port: number;
  /** The mails so far, dots and all. */
  readonly mails: readonly string[];
  readonly close: () => Promise<void>;
}

export async function startSink(): Promise<Sink> {
  const mails: string[] = [];
  const server = createServer((socket) => converse(socket, mails));
  const close = closer(server);
  return { port: await listen(server), mails, close };
}

function converse(socket: Socket, mails: string[]): void {
  let kept = '';
  let inMail = false;
  const say = (line: string) => socket.write(`${line}\r\n`);
  socket.on('error', () => {});
  say('220 sink.example.test ESMTP');
  socket.on('data', (chunk) => {
    kept += chunk.toString('latin1');
    for (;;) {
      const mark = inMail ? '\r\n.\r\n' : '\r\n';
      const at = kept.indexOf(mark);
      if (at < 0) return;
      const text = kept.slice(0, at);
      kept = kept.slice(at + mark.length);
      if (inMail) {
        inMail = false;
        mails.push(text);
        say('250 2.0.0 taken');
      } else if (/^EHLO/i.test(text)) {
        socket.write(
          '250-sink.example.test\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-ENHANCEDSTATUSCODES\r\n250 SIZE\r\n',
        );
      } else if (/^DATA/i.test(text)) {
        inMail = true;
        say('354 go on');
      } else if (/^QUIT/i.test(text)) {
        socket.end('221 2.0.0 bye\r\n');
      } else {
        say('250 2.0.0 ok');
      }
    }
  });
}
