import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';

/** Longer than any answer takes; shorter than a test may. */
const PATIENCE = 20_000;

/** A TLS connection on which a test speaks a mail protocol itself. */
export class Conversation {
  readonly #socket: TLSSocket;
  #kept: Buffer = Buffer.alloc(0);
  #look = () => {};
  #ended = false;

  private constructor(socket: TLSSocket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#kept = Buffer.concat([this.#kept, chunk]);
      this.#look();
    });
    socket.on('error', () => {}); // 'close' follows
    socket.on('close', () => {
      this.#ended = true;
      this.#look();
    });
  }

  /** @param from the address to come from */
  static async begin(port: number, ca: string, from = '127.0.0.1'): Promise<Conversation> {
    const tcp = connectTcp({ host: '127.0.0.1', port, localAddress: from });
    const socket = connectTls({ socket: tcp, servername: 'localhost', ca: readFileSync(ca) });
    await once(socket, 'secureConnect');
    return new Conversation(socket);
  }

  says(what: string | Uint8Array): void {
    this.#socket.write(what);
  }

  /** Waits for something, and gives everything up to its end. @throws where the connection ends without it, or it does not come */
  async hears(pattern: RegExp): Promise<string> {
    const found = () => {
      const match = pattern.exec(this.#kept.toString('latin1'));
      return match ? match.index + match[0].length : null;
    };
    return (await this.#take(found, String(pattern))).toString('latin1');
  }

  /** Waits for so many bytes. */
  hearsBytes(count: number): Promise<Buffer> {
    return this.#take(() => (this.#kept.length >= count ? count : null), `${count} bytes`);
  }

  #take(size: () => number | null, what: string): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const fail = () => reject(new Error(`no ${what} in ${JSON.stringify(this.#kept.toString('latin1'))}`));
      const late = setTimeout(fail, PATIENCE);
      this.#look = () => {
        const taken = size();
        if (taken === null && !this.#ended) return;
        clearTimeout(late);
        this.#look = () => {};
        if (taken === null) return fail();
        resolve(this.#kept.subarray(0, taken));
        this.#kept = this.#kept.subarray(taken);
      };
      this.#look();
    });
  }

  end(): void {
    this.#socket.destroy();
  }
}
