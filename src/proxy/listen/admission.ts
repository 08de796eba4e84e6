import { parseIpv6 } from '../../haproxy/index.js';
import { Ending, type EndSignal } from '../ending.js';

export interface AdmissionLimits {
  /** At a time, in all. */
  readonly connections: number;
  /** From one IPv4 address, or one IPv6 network of 64 bits, which a single host has at its disposal. */
  readonly connectionsPerAddress: number;
}

/** A connection that was let in. */
export interface Admitted {
  /**
   * Fires when the session must end: its place is needed, or the proxy closes and will wait no longer; and when the connection has ended. Its reason is a {@link ReasonCode}
   * for the first two.
   */
  readonly signal: EndSignal;
  /**
   * A PROXY header has said whose connection it is: it counts for that address from now on.
   *
   * @returns false where that has all its connections; this one must be refused then
   */
  readonly announce: (ip: string) => boolean;
  /** The client has logged in, or its TLS is passed through, and its line has been written: its place is no longer given to others. */
  readonly settled: () => void;
  /** The session is over, and every line of it has been written. */
  readonly told: () => void;
  /** The connection has ended. May be called again. */
  readonly leave: () => void;
}

/** Why signals fire when a connection has ended by itself. */
const ENDED = 'ended';

/**
 * Who may be connected. Where all places are taken, the connection that has waited for its login the longest is given up: under a flood of clients that never speak, that
 * is one of theirs.
 */
export class Admission {
  readonly #perAddress = new Map<string, number>();
  /** `address`: null for one whose PROXY header has not come. */
  readonly #present = new Map<Admitted, { readonly ending: Ending; address: string | null }>();
  /** Those without a login, in order of arrival. */
  readonly #waiting = new Set<Admitted>();
  /** Those of whom a line may still come; their connection may have ended already. */
  readonly #untold = new Set<Admitted>();
  #limits: AdmissionLimits;
  #refused = 0;
  #whenEmpty: (() => void)[] = [];

  constructor(limits: AdmissionLimits) {
    this.#limits = limits;
  }

  get count(): number {
    return this.#present.size;
  }

  /** For those that come from now on. */
  change(limits: AdmissionLimits): void {
    this.#limits = limits;
  }

  /** Connections that were not let in, or were given up for others, since the last call. */
  takeRefused(): number {
    const refused = this.#refused;
    this.#refused = 0;
    return refused;
  }

  /**
   * @param ip the peer's address; null: it speaks for others, and {@link Admitted.announce} will say for whom
   * @returns null where the connection must be refused
   */
  admit(ip: string | null): Admitted | null {
    const address = ip === null ? null : addressKey(ip);
    if ((address !== null && this.#isFull(address)) || !this.#makeRoom()) {
      this.#refused++;
      return null;
    }
    if (address !== null) this.#count(address);
    const ending = new Ending();
    const admitted: Admitted = {
      signal: ending.signal,
      announce: (announced) => this.#announce(admitted, addressKey(announced)),
      settled: () => {
        this.#waiting.delete(admitted);
        this.#told(admitted);
      },
      told: () => this.#told(admitted),
      leave: () => this.#leave(admitted, ENDED),
    };
    this.#untold.add(admitted);
    this.#present.set(admitted, { ending, address });
    this.#waiting.add(admitted);
    return admitted;
  }

  /** Waits until all have left, and all lines have been written. @param timeout milliseconds after which those that are left are told to end */
  async empty(timeout: number): Promise<void> {
    if (this.#isEmpty) return;
    const left = new Promise<void>((resolve) => {
      this.#whenEmpty.push(resolve);
    });
    const timer = setTimeout(() => {
      for (const { ending } of this.#present.values()) ending.abort('shutting_down');
    }, timeout);
    await left;
    clearTimeout(timer);
  }

  get #isEmpty(): boolean {
    return this.#present.size === 0 && this.#untold.size === 0;
  }

  #told(admitted: Admitted): void {
    this.#untold.delete(admitted);
    this.#tellEmpty();
  }

  #tellEmpty(): void {
    if (!this.#isEmpty) return;
    for (const resolve of this.#whenEmpty.splice(0)) resolve();
  }

  #makeRoom(): boolean {
    if (this.#present.size < this.#limits.connections) return true;
    const [oldest] = this.#waiting;
    if (oldest === undefined) return false;
    this.#refused++;
    this.#leave(oldest, 'connection_limit');
    return true;
  }

  #leave(admitted: Admitted, reason: typeof ENDED | 'connection_limit'): void {
    const present = this.#present.get(admitted);
    if (present === undefined) return;
    const { ending, address } = present;
    this.#present.delete(admitted);
    ending.abort(reason);
    this.#waiting.delete(admitted);
    if (address !== null) this.#uncount(address);
    this.#tellEmpty();
  }

  #announce(admitted: Admitted, address: string): boolean {
    const present = this.#present.get(admitted);
    // One that has left meanwhile counts no more.
    if (present === undefined || present.address === address) return true;
    if (this.#isFull(address)) {
      this.#refused++;
      return false;
    }
    if (present.address !== null) this.#uncount(present.address);
    present.address = address;
    this.#count(address);
    return true;
  }

  #isFull(address: string): boolean {
    return (this.#perAddress.get(address) ?? 0) >= this.#limits.connectionsPerAddress;
  }

  #count(address: string): void {
    this.#perAddress.set(address, (this.#perAddress.get(address) ?? 0) + 1);
  }

  #uncount(address: string): void {
    const left = (this.#perAddress.get(address) ?? 1) - 1;
    if (left === 0) this.#perAddress.delete(address);
    else this.#perAddress.set(address, left);
  }
}

function addressKey(ip: string): string {
  const octets = ip.includes(':') ? parseIpv6(ip) : null;
  return octets === null ? ip : Buffer.from(octets.subarray(0, 8)).toString('hex');
}
