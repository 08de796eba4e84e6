import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { closer, listen } from './tls-servers.js';

/** Lines of one side, asked for one at a time. */
export class Lines {
  readonly socket: Socket;
  #text = '';

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => {});
  }

  /** Up to the first line that fits, all of it. */
  async until(pattern: RegExp): Promise<string> {
    let taken = '';
    for (;;) {
      for (let end = this.#text.indexOf('\n'); end >= 0; end = this.#text.indexOf('\n')) {
        const line = this.#text.slice(0, end + 1);
        this.#text = this.#text.slice(end + 1);
        taken += line;
        if (pattern.test(line)) return taken;
      }
      const chunk: Buffer | null = this.socket.read();
      if (chunk !== null) this.#text += chunk.toString('latin1');
      else if (this.socket.readableEnded || this.socket.destroyed) {
        throw new Error(`ended without ${pattern}: ${taken}${this.#text}`);
      } else await this.#news();
    }
  }

  /** Something came, or the connection ended. */
  async #news(): Promise<void> {
    const heard = new AbortController();
    try {
      await Promise.race(
        ['readable', 'end', 'close'].map((event) => once(this.socket, event, { signal: heard.signal })),
      );
    } finally {
      heard.abort(); // takes the other listeners off
    }
  }

  async toEnd(): Promise<string> {
    for await (const chunk of this.socket) this.#text += String(chunk);
    return this.#text;
  }

  send(text: string): void {
    this.socket.write(text, 'latin1');
  }
}

export interface ScriptedImap {
  readonly port: number;
  /** Lines it was told. */
  readonly said: string[];
  readonly sockets: Socket[];
  readonly close: () => Promise<void>;
}

/** An IMAP server by script: `u`/`p` may in, everybody else may not. Once in, every line is answered with itself. */
export async function imapServer(capability = 'IMAP4rev1 SASL-IR ID AUTH=PLAIN'): Promise<ScriptedImap> {
  const said: string[] = [];
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.write(`* OK [CAPABILITY ${capability}] backend ready\r\n`);
    let text = '';
    let inside = false;
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      for (let end = text.indexOf('\r\n'); end >= 0; end = text.indexOf('\r\n')) {
        const line = text.slice(0, end);
        text = text.slice(end + 2);
        said.push(line);
        const [tag = '', command = '', first = '', second = ''] = line.split(' ');
        if (inside) socket.write(`${tag} OK echo ${line}\r\n`);
        else if (command === 'CAPABILITY') socket.write(`* CAPABILITY ${capability}\r\n${tag} OK done\r\n`);
        else if (command === 'ID') socket.write(`* ID NIL\r\n${tag} OK done\r\n`);
        else if (command === 'AUTHENTICATE' && first === 'PLAIN') {
          inside = Buffer.from(second, 'base64').toString() === '\0u\0p';
          if (inside) socket.write(`${tag} OK [CAPABILITY IMAP4rev1 IDLE] Logged in\r\n`);
          else socket.write(`${tag} NO [AUTHENTICATIONFAILED] Authentication failed.\r\n`);
        } else socket.write(`${tag} BAD what?\r\n`);
      }
    });
    socket.on('end', () => socket.end());
  });
  return { port: await listen(server), said, sockets, close: closer(server) };
}
