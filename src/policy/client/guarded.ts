import { SensorError } from '../../errors.js';
import type { Command } from './address.js';
import { Breaker } from './breaker.js';
import type { Complaints } from './complaints.js';
import type { Exchange } from './exchange.js';
import { FAILURES_TO_OPEN, OPEN_TIME } from './limits.js';

/** A server that is left alone for a while where it fails all the time. */
export class GuardedServer {
  readonly #exchange: Exchange;
  readonly #breaker: Breaker;
  readonly #complaints: Complaints;

  constructor(exchange: Exchange, complaints: Complaints, now: () => number) {
    this.#exchange = exchange;
    this.#breaker = new Breaker(FAILURES_TO_OPEN, OPEN_TIME, now);
    this.#complaints = complaints;
  }

  /** It is left alone now. */
  get isResting(): boolean {
    return this.#breaker.refuses;
  }

  /**
   * @param read what makes something of the answer's body; its refusal is the server's failure
   * @throws (rejects) SensorError `policy_resting`, and those of {@link Exchange.post} and of `read`
   */
  async ask<T>(command: Command, body: string, read: (answer: Buffer) => T): Promise<T> {
    const pass = this.#breaker.admit();
    if (pass === null) throw new SensorError('policy_resting', 'server', 0, 'the policy server is left alone');
    try {
      const result = read(await this.#exchange.post(command, body));
      if (this.#breaker.succeeded()) this.#complaints.closed();
      return result;
    } catch (error) {
      if (error instanceof SensorError) this.#complaints.failed(error);
      if (this.#breaker.failed(pass)) this.#complaints.opened(OPEN_TIME / 1000);
      throw error;
    }
  }

  close(): void {
    this.#exchange.close();
  }
}
