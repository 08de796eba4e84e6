import { connect, type Socket } from 'node:net';
import { MAX_WAITING_BYTES } from '../write/limits.js';
import type { OnRecovered } from '../write/sink.js';
import { SYSLOG_CONNECT_TIMEOUT, SYSLOG_RETRY_FIRST, SYSLOG_RETRY_LAST } from './limits.js';

export interface SyslogServer {
  readonly host: string;
  readonly port: number;
}

/**
 * Messages to a syslog server over TCP, each with its length before it (RFC 6587 section 3.4.1). Nothing is waited for: messages wait, up to a limit, until the system has
 * taken them, and are sent anew on the next connection where this one ended before. What a server has got but not worked off when it ends is lost: the
 * protocol has no answer to tell.
 */
export class SyslogTcp {
  readonly #server: SyslogServer;
  readonly #onRecovered: OnRecovered;
  /** The first `#sent` were given to the socket, and their bytes not yet taken by the system. */
  readonly #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #sent = 0;
  #socket: Socket | null = null;
  #connected = false;
  #retry: NodeJS.Timeout | null = null;
  #delay = SYSLOG_RETRY_FIRST;
  #failing = false;
  #lost = 0;
  #closed = false;

  constructor(server: SyslogServer, onRecovered: OnRecovered = () => {}) {
    this.#server = server;
    this.#onRecovered = onRecovered;
    this.#connect();
  }

  /** The last connection failed or ended, or messages were lost, and not all that waits has been sent since. */
  get failing(): boolean {
    return this.#failing;
  }

  write(message: Buffer): void {
    if (this.#closed) return;
    const frame = Buffer.concat([Buffer.from(`${message.length} `), message]);
    if (this.#waitingBytes + frame.length > MAX_WAITING_BYTES) {
      this.#lost++;
      this.#failing = true;
      return;
    }
    this.#waiting.push(frame);
    this.#waitingBytes += frame.length;
    this.#send();
  }

  /** Does not wait any longer for the next try to connect. */
  reopen(): void {
    if (this.#retry === null) return;
    clearTimeout(this.#retry);
    this.#connect();
  }

  /** @returns messages that were never sent */
  close(): number {
    if (this.#closed) return 0;
    this.#closed = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    const unsent = this.#lost + this.#waiting.length - (this.#connected ? this.#sent : 0);
    if (this.#connected) this.#socket!.end();
    else this.#socket?.destroy();
    return unsent;
  }

  #connect(): void {
    this.#retry = null;
    const socket = connect({ ...this.#server, keepAlive: true });
    this.#socket = socket;
    // A server that hangs must not keep the process alive.
    socket.unref();
    socket.setTimeout(SYSLOG_CONNECT_TIMEOUT, () => socket.destroy());
    socket.resume();
    socket.on('error', () => {});
    socket.on('connect', () => {
      socket.setTimeout(0);
      this.#connected = true;
      this.#delay = SYSLOG_RETRY_FIRST;
      this.#send();
      this.#recover();
    });
    socket.on('drain', () => this.#send());
    socket.on('close', () => this.#ended());
  }

  #ended(): void {
    this.#socket = null;
    this.#connected = false;
    this.#sent = 0;
    if (this.#closed) return;
    this.#failing = true;
    this.#retry = setTimeout(() => this.#connect(), this.#delay).unref();
    this.#delay = Math.min(2 * this.#delay, SYSLOG_RETRY_LAST);
  }

  #send(): void {
    const socket = this.#socket;
    if (socket === null || !this.#connected) return;
    while (this.#sent < this.#waiting.length && !socket.writableNeedDrain) {
      socket.write(this.#waiting[this.#sent++]!, (error) => {
        if (error == null && this.#socket === socket) this.#taken();
      });
    }
  }

  /** The system has taken the first of them. */
  #taken(): void {
    this.#waitingBytes -= this.#waiting.shift()!.length;
    this.#sent--;
    this.#recover();
  }

  #recover(): void {
    if (!this.#failing || this.#waiting.length > 0) return;
    this.#failing = false;
    const lost = this.#lost;
    this.#lost = 0;
    this.#onRecovered(lost);
  }
}
