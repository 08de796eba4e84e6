import { formatEndpoint } from '../../endpoint.js';
import type { BackendOptions } from '../options.js';
import { FIRST_PENALTY, LONGEST_PENALTY } from './limits.js';

/**
 * What is known of one host. A failure costs it its turn for a while; what a health check found holds until the next one. Times are milliseconds of a clock that never
 * goes back.
 */
export class Host {
  readonly address: { readonly host: string; readonly port: number };
  /** `name (host:port)`, with the backend's name. */
  readonly label: string;
  /** Its last health check failed. */
  #down = false;
  /** Penalties in a row. */
  #penalties = 0;
  #penaltyEnds = Number.NEGATIVE_INFINITY;
  /** What the operator was told last. */
  #failing = false;

  constructor(backend: string, address: { readonly host: string; readonly port: number }) {
    this.address = address;
    this.label = `${backend} (${formatEndpoint({ ip: address.host, port: address.port })})`;
  }

  /** Should it be tried after the others? */
  last(now: number): boolean {
    return this.#down || now < this.#penaltyEnds;
  }

  /** When it is forgiven: of hosts that all fail the one that is the first to be is the best guess. */
  get penaltyEnds(): number {
    return this.#penaltyEnds;
  }

  /**
   * @param checked a health check found out, no client's link
   * @returns true where that is news
   */
  failed(now: number, checked: boolean): boolean {
    if (checked) this.#down = true;
    // Many links that fail together are one failure.
    if (now >= this.#penaltyEnds) {
      this.#penaltyEnds = now + Math.min(FIRST_PENALTY * 2 ** this.#penalties, LONGEST_PENALTY);
      this.#penalties++;
    }
    const news = !this.#failing;
    this.#failing = true;
    return news;
  }

  /**
   * A link that comes about while the host is under a penalty says little: some clients' links may fail for what those clients said of themselves, and they shall neither
   * hide a fault nor fill a log with a host that goes up and down. A health check's word counts at once.
   *
   * @returns true where that is news
   */
  succeeded(now: number, checked: boolean): boolean {
    if (checked) this.#down = false;
    else if (this.last(now)) return false;
    this.#penalties = 0;
    this.#penaltyEnds = Number.NEGATIVE_INFINITY;
    const news = this.#failing;
    this.#failing = false;
    return news;
  }
}

/**
 * The hosts of one backend. Healthy ones take turns, which spreads the load: which of several hosts a user ends up on must not matter, or routes would say so. Those that fail
 * come last, but they come: a login is better tried in vain than not at all.
 */
export class BackendHosts {
  readonly hosts: readonly Host[];
  #turn = 0;

  constructor(backend: Pick<BackendOptions, 'name' | 'hosts'>) {
    this.hosts = backend.hosts.map((address) => new Host(backend.name, address));
  }

  /** All of them, in the order in which the next link should try them. */
  inTurn(now: number): readonly Host[] {
    const { hosts } = this;
    if (hosts.length < 2) return hosts;
    const healthy = hosts.filter((host) => !host.last(now));
    const failing = hosts.filter((host) => host.last(now)).toSorted((a, b) => a.penaltyEnds - b.penaltyEnds);
    if (healthy.length === 0) return failing;
    const first = this.#turn++ % healthy.length;
    return [...healthy.slice(first), ...healthy.slice(0, first), ...failing];
  }
}
