import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { OnRecovered } from '../write/sink.js';
import { MAX_DATAGRAMS_AT_ONCE } from './limits.js';
import type { SyslogServer } from './syslog-tcp.js';

/**
 * Messages to a syslog server over UDP, one a datagram (RFC 5426 section 3.1). Whether anybody receives them is not known: `failing` tells of what this machine would not
 * send (no route, no such host).
 */
export class SyslogUdp {
  readonly #server: SyslogServer;
  readonly #onRecovered: OnRecovered;
  readonly #socket: Socket;
  #atOnce = 0;
  #lost = 0;
  #failing = false;
  #closed = false;

  constructor(server: SyslogServer, onRecovered: OnRecovered = () => {}) {
    this.#server = server;
    this.#onRecovered = onRecovered;
    this.#socket = createSocket(isIPv6(server.host) ? 'udp6' : 'udp4').unref();
    this.#socket.on('error', () => this.#lose());
  }

  get failing(): boolean {
    return this.#failing;
  }

  write(message: Buffer): void {
    if (this.#closed) return;
    if (this.#atOnce >= MAX_DATAGRAMS_AT_ONCE) {
      this.#lose();
      return;
    }
    this.#atOnce++;
    this.#socket.send(message, this.#server.port, this.#server.host, (error) => {
      this.#atOnce--;
      if (error !== null) this.#lose();
      else if (this.#failing) this.#recover();
      if (this.#closed && this.#atOnce === 0) this.#socket.close();
    });
  }

  /** There is nothing to open again. */
  reopen(): void {}

  /** @returns messages that were not sent; those on their way still are */
  close(): number {
    if (this.#closed) return 0;
    this.#closed = true;
    if (this.#atOnce === 0) this.#socket.close();
    return this.#lost;
  }

  #lose(): void {
    this.#lost++;
    this.#failing = true;
  }

  #recover(): void {
    this.#failing = false;
    const lost = this.#lost;
    this.#lost = 0;
    this.#onRecovered(lost);
  }
}
