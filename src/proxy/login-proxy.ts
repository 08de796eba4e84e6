import type { Endpoint } from '../endpoint.js';
import { Generation } from './generation.js';
import { REFUSED_NOTICE_INTERVAL } from './limits.js';
import { Admission } from './listen/admission.js';
import { Listener } from './listen/listener.js';
import type { ListenerOptions, ProxyOptions } from './options.js';
import type { ProxyPorts } from './ports.js';

/** An address the proxy listens on. */
export interface BoundListener {
  /** The listener's name. */
  readonly name: string;
  /** null for a socket that has none. */
  readonly address: Endpoint | null;
}

export interface ProxyExtras {
  /** 48 random bytes that all processes of one proxy share, so that TLS sessions are resumed at any of them; left out: each process has its own. */
  readonly ticketKeys?: Buffer;
}

/** A login proxy: listeners in front, backends behind, and the logins between them told to its ports. */
export class LoginProxy {
  readonly #ports: ProxyPorts;
  readonly #ticketKeys: Buffer | null;
  readonly #admission: Admission;
  #generation: Generation;
  #listeners: readonly Listener[] = [];
  #notice: NodeJS.Timeout | null = null;
  /** One reload after the other. */
  #reloading: Promise<unknown> = Promise.resolve();
  #isClosing = false;

  /** @throws SensorError for a route that leads nowhere; what OpenSSL says of a certificate or a cipher list it does not take */
  constructor(options: ProxyOptions, ports: ProxyPorts, extras: ProxyExtras = {}) {
    this.#ports = ports;
    this.#ticketKeys = extras.ticketKeys ?? null;
    this.#admission = new Admission(options.limits);
    this.#generation = new Generation(options, ports, this.#ticketKeys);
  }

  /** Connections that are there now. */
  get connections(): number {
    return this.#admission.count;
  }

  /**
   * Binds all addresses, or none.
   *
   * @throws the system's error (`EADDRINUSE`, `EACCES`, …) of one that cannot be bound
   */
  async listen(): Promise<readonly BoundListener[]> {
    const { listeners, bound } = await this.#open(this.#generation, this.#generation.options.listeners);
    this.#listeners = listeners;
    this.#notice = setInterval(this.#tellRefused, REFUSED_NOTICE_INTERVAL).unref();
    return bound;
  }

  /**
   * From now on new connections are treated as `options` say. Addresses that stay are never unbound, new ones are bound first, and sessions go on as they began. Reloads
   * that come together are done in their order, and none of a proxy that closes.
   *
   * @returns the addresses that are new
   * @throws (rejects) as the constructor and {@link listen}: then everything is as before
   */
  reload(options: ProxyOptions): Promise<readonly BoundListener[]> {
    const reloaded = this.#reloading.then(() => this.#reload(options));
    this.#reloading = reloaded.catch(() => {}); // whoever asked for it is told
    return reloaded;
  }

  async #reload(options: ProxyOptions): Promise<readonly BoundListener[]> {
    if (this.#isClosing) return [];
    const generation = new Generation(options, this.#ports, this.#ticketKeys);
    generation.inherit(this.#generation);
    const former = new Map(this.#listeners.map((listener) => [bindKey(listener.options), listener]));
    const added = options.listeners.filter((listener) => !former.has(bindKey(listener)));
    const { listeners, bound } = await this.#open(generation, added);
    const kept: Listener[] = [];
    for (const listener of options.listeners) {
      const same = former.get(bindKey(listener));
      if (same === undefined) continue;
      same.replace(listener, generation.run);
      former.delete(bindKey(listener));
      kept.push(same);
    }
    // Their sessions go on; they are still asked to end by close().
    for (const listener of former.values()) listener.close();
    this.#listeners = [...kept, ...listeners];
    this.#admission.change(options.limits);
    this.#generation.end();
    this.#generation = generation;
    return bound;
  }

  /**
   * Takes no more connections, and waits until those that are there have ended, and their lines are written.
   *
   * @param drainTimeout milliseconds after which those that are left are cut
   */
  async close(drainTimeout: number = this.#generation.options.limits.drainTimeout): Promise<void> {
    this.#isClosing = true;
    if (this.#notice !== null) clearInterval(this.#notice);
    this.#tellRefused();
    for (const listener of this.#listeners) listener.close();
    // What a reload has bound in the meantime goes too.
    await this.#reloading;
    for (const listener of this.#listeners) listener.close();
    this.#generation.end();
    await this.#admission.empty(drainTimeout);
  }

  /** @throws the system's error of one that cannot be bound; the generation has ended then */
  async #open(generation: Generation, options: readonly ListenerOptions[]) {
    await generation.begin();
    const listeners = options.map(
      (listener) => new Listener(listener, generation.run, this.#admission, this.#ports.notices),
    );
    const results = await Promise.allSettled(listeners.map((listener) => listener.listen()));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) {
      for (const listener of listeners) listener.close();
      generation.end();
      throw failed.reason;
    }
    const bound = results.map((result, i) => ({
      name: options[i]!.name,
      address: result.status === 'fulfilled' ? result.value : null,
    }));
    return { listeners, bound };
  }

  readonly #tellRefused = (): void => {
    const refused = this.#admission.takeRefused();
    if (refused > 0) this.#ports.notices.warn('connections over the limits were refused', { refused });
  };
}

function bindKey({ bind }: ListenerOptions): string {
  return 'fd' in bind ? `fd ${bind.fd}` : `${bind.host} ${bind.port}`;
}
