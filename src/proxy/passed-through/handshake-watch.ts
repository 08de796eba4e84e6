import { SecondHello } from '../../socket/index.js';
import type { Notices } from '../ports.js';
import type { PassedClient } from './client.js';

/**
 * Looks on while a handshake is passed through, and tells of the client once it goes on: then it is known which hello counts (a Dovecot logs the one that answers
 * a HelloRetryRequest), and that there is a client that means it. Holds on to nothing afterwards.
 */
export class HandshakeWatch {
  readonly #backend: string;
  readonly #notices: Notices;
  #client: PassedClient | null;
  #settled: (() => void) | null;
  #second: SecondHello | null = new SecondHello();
  #isRecorded = false;

  /**
   * @param backend `name (host:port)`
   * @param settled called when the handshake goes on
   */
  constructor(client: PassedClient, backend: string, settled: () => void, notices: Notices) {
    this.#client = client;
    this.#backend = backend;
    this.#settled = settled;
    this.#notices = notices;
  }

  /** For `relay`. @returns whether there is more to be seen */
  readonly look = (bytes: Uint8Array): boolean => {
    try {
      return this.#look(bytes);
    } catch (error) {
      // A mistake of ours, or of a port: the connection needs neither.
      this.#notices.warn('a login could not be told', { error });
      this.#forget();
      return false;
    }
  };

  /** The connection has ended. */
  end(error: Error | null): void {
    this.#record();
    const reason =
      error === null ? null : `the connection broke (${(error as NodeJS.ErrnoException).code ?? error.name})`;
    this.#client?.left('tls_handshake_not_finished', reason, this.#backend);
    this.#forget();
  }

  #look(bytes: Uint8Array): boolean {
    const client = this.#client;
    this.#record();
    const after = this.#second?.push(bytes);
    if (client === null || after === undefined) return false;
    switch (after.state) {
      case 'need_more':
        return true;
      case 'gave_up':
        client.left('tls_handshake_not_finished', after.error.message, this.#backend);
        break;
      case 'retry':
        client.helloRead(after.fingerprint);
        client.recordHello(true);
        client.passed(this.#backend);
        break;
      case 'goes_on':
        client.passed(this.#backend);
    }
    if (after.state !== 'gave_up') this.#settled?.();
    this.#forget();
    return false;
  }

  #record(): void {
    if (this.#isRecorded) return;
    this.#isRecorded = true;
    this.#client?.recordHello(false);
  }

  #forget(): void {
    this.#client = null;
    this.#settled = null;
    this.#second = null;
  }
}
