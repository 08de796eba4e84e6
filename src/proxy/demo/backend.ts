import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { Letters } from './letters.js';
import { LOGIN_SILENCE, MAX_CONNECTIONS, SILENCE } from './limits.js';
import { DemoSession } from './session.js';

/** An IMAP server for demonstrations, on loopback: one user, whose one mailbox tells what the proxy told of their program. Nothing is kept. */
export class DemoBackend {
  readonly #letters = new Letters();
  readonly #open = new Set<Socket>();
  readonly #server: Server;
  readonly #clock: () => Date;

  /** @param clock when letters are written */
  constructor(clock: () => Date = () => new Date()) {
    this.#clock = clock;
    this.#server = createServer({ noDelay: true }, (socket) => this.#serve(socket));
    this.#server.maxConnections = MAX_CONNECTIONS;
  }

  /**
   * @param port 0 for a free one
   * @returns the port
   * @throws the system's error (`EADDRINUSE`, …)
   */
  listen(port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', () => {
        this.#server.off('error', reject);
        resolve((this.#server.address() as AddressInfo).port);
      });
    });
  }

  /** Takes no more connections, and cuts those that are there. */
  close(): void {
    this.#server.close();
    for (const socket of this.#open) socket.destroy();
  }

  #serve(socket: Socket): void {
    const session = new DemoSession(this.#letters, this.#clock);
    this.#open.add(socket);
    const say = (bytes: Uint8Array): void => {
      // Who does not read what is said is not listened to.
      if (bytes.length > 0 && !socket.write(bytes)) socket.pause();
      if (session.over) socket.end();
    };
    socket.on('error', () => {});
    socket.on('close', () => this.#open.delete(socket));
    socket.on('drain', () => socket.resume());
    socket.setTimeout(LOGIN_SILENCE, () => socket.destroy());
    socket.on('data', (bytes) => {
      if (session.over) return;
      const wasIn = session.loggedIn;
      say(session.push(bytes));
      if (session.loggedIn && !wasIn) socket.setTimeout(SILENCE);
    });
    say(session.greet());
  }
}
