import { SensorError } from '../../errors.js';
import type { BackendIntroduction, Protocol } from '../dialogue.js';
import { Ending } from '../ending.js';
import type { LinkRequest, Links, RawLink, ReadyLink } from '../links.js';
import type { BackendOptions, ProxyOptions } from '../options.js';
import type { Notices } from '../ports.js';
import { type Check, checkFor, checksOf } from './checks.js';
import { linkFailure } from './failure.js';
import { checkApproach, Repeated, sayGoodbye } from './health.js';
import { BackendHosts, type Host } from './hosts.js';
import { Introductions } from './introductions.js';
import { type Approach, type DialogueFactories, type LinkSurroundings, openRaw, openReady } from './open.js';
import { clientHeader } from './proxy-header.js';

/** Links to backends over the network, with health checks of their hosts. */
export class BackendLinks implements Links {
  readonly #backends: ReadonlyMap<string, BackendOptions>;
  readonly #surroundings: LinkSurroundings;
  readonly #notices: Notices;
  readonly #hosts: ReadonlyMap<string, BackendHosts>;
  readonly #checks: Map<string, Check>;
  readonly #introductions = new Introductions();
  readonly #repeated: Repeated[] = [];
  readonly #closing = new Ending();
  /** Hosts that did not take what they were told of a client; the operator knows. */
  readonly #untold = new Set<Host>();
  #started = false;

  constructor(
    options: Pick<ProxyOptions, 'hostname' | 'listeners' | 'backends' | 'limits'>,
    notices: Notices,
    dialogueFor: DialogueFactories,
  ) {
    const { hostname, limits, backends } = options;
    this.#backends = backends;
    this.#surroundings = { hostname, limits, dialogueFor };
    this.#notices = notices;
    this.#hosts = new Map([...backends.values()].map((backend) => [backend.name, new BackendHosts(backend)]));
    this.#checks = new Map(checksOf(options));
  }

  /**
   * Asks every backend once who it is, and begins with the health checks. Settles when each has introduced itself, or none of its hosts would; never rejects.
   */
  async start(): Promise<void> {
    this.#started = true;
    await Promise.all([...this.#backends.values()].map((backend) => this.#watch(backend)));
  }

  /** Takes over what backends said of themselves to the links before these: after a reload clients need not wait until all have been asked again. */
  inherit(former: BackendLinks): void {
    this.#introductions.inherit(former.#introductions);
  }

  async ready(request: LinkRequest): Promise<ReadyLink> {
    const { backend, protocol, identity, signal } = request;
    this.#learnCheck(backend, () => checkFor(backend, protocol, 'terminated', backend.tls));
    const approach: Approach = {
      protocol,
      tls: backend.tls,
      verify: backend.verify,
      header: headerFor(request, toldTls(request)),
      identity: () => identity,
      signal,
    };
    const [host, opened] = await this.#inTurn(request, (candidate) =>
      openReady(candidate, approach, this.#surroundings),
    );
    this.#learn(request, opened.introduction, identity?.tls === true, toldTls(request) !== null);
    if (identity !== null) this.#noteTrust(host, protocol, opened.introduction);
    return { ...opened, host: host.label };
  }

  async raw(request: LinkRequest, starttls: boolean): Promise<RawLink> {
    const { backend, protocol, signal } = request;
    this.#learnCheck(backend, () => checkFor(backend, protocol, 'passed_through', starttls ? 'starttls' : 'implicit'));
    // The client's TLS goes on inside the link: a header that tells of TLS would be wrong, and hide STARTTLS.
    const approach = { protocol, header: headerFor(request, null), signal };
    const [host, socket] = await this.#inTurn(request, (candidate) =>
      openRaw(candidate, approach, starttls, this.#surroundings),
    );
    return { socket, host: host.label };
  }

  introduction(backend: string): BackendIntroduction | null {
    return this.#introductions.of(backend);
  }

  close(): void {
    for (const repeated of this.#repeated) repeated.stop();
    this.#closing.abort();
  }

  /** The first host that can be linked to. One after the other: a host that is slow to fail delays a login, two links for each login would load them all. */
  async #inTurn<T>({ backend, signal }: LinkRequest, open: (host: Host) => Promise<T>): Promise<readonly [Host, T]> {
    const failures: SensorError[] = [];
    for (const host of this.#hosts.get(backend.name)?.inTurn(performance.now()) ?? []) {
      try {
        const opened = await open(host);
        this.#succeeded(host, false);
        return [host, opened];
      } catch (error) {
        if (!(error instanceof SensorError) || signal.aborted) throw error;
        this.#failed(host, error, false);
        failures.push(error);
      }
    }
    const last = failures.at(-1);
    if (last === undefined) {
      throw linkFailure('proxy_dest_internal_failure', 'hosts', backend.name, 'has no hosts');
    }
    if (failures.length === 1) throw last;
    // What the last one said stands for all of them: it was the last chance.
    throw new SensorError(last.code, last.field, 0, failures.map(({ message }) => message).join('; '), { cause: last });
  }

  #learn(
    { backend }: { backend: BackendOptions },
    introduction: BackendIntroduction,
    identityTls: boolean,
    headerTls: boolean,
  ) {
    const secured = backend.tls !== 'none' || headerTls || (identityTls && introduction.tookIdentity);
    this.#introductions.learn(backend.name, introduction, secured);
  }

  /** For a backend of which no listener said what it speaks. */
  #learnCheck(backend: BackendOptions, make: () => Check): void {
    if (this.#checks.has(backend.name)) return;
    this.#checks.set(backend.name, make());
    if (this.#started && backend.healthInterval !== null) void this.#watch(backend);
  }

  async #watch(backend: BackendOptions): Promise<void> {
    const check = this.#checks.get(backend.name);
    if (check === undefined || this.#closing.signal.aborted) return;
    const hosts = this.#hosts.get(backend.name)?.hosts ?? [];
    const interval = backend.healthInterval;
    if (interval === null) {
      for (const host of hosts) if (await this.#check(backend, check, host)) return;
      return;
    }
    await new Promise<void>((resolve) => {
      const first = hosts.map((host) => {
        const once = async () => {
          if (await this.#check(backend, check, host)) resolve();
        };
        const repeated = new Repeated(once, interval);
        this.#repeated.push(repeated);
        return repeated.run();
      });
      void Promise.all(first).then(() => resolve());
    });
  }

  /** One check of one host. @returns whether it can take logins */
  async #check(backend: BackendOptions, check: Check, host: Host): Promise<boolean> {
    const { signal } = this.#closing;
    try {
      const opened = await openReady(host, checkApproach(backend, check, signal), this.#surroundings);
      sayGoodbye(opened);
      const { introduction } = opened;
      if (check.terminated) {
        this.#learn(
          { backend },
          introduction,
          backend.forward,
          backend.proxyProtocol === 2 && check.tls !== 'starttls',
        );
      } else this.#introductions.learn(backend.name, introduction, check.tls !== 'none');
      if (check.terminated && backend.forward) this.#noteTrust(host, check.protocol, introduction);
      this.#succeeded(host, true);
      return true;
    } catch (error) {
      if (!(error instanceof SensorError)) throw error;
      if (!signal.aborted) this.#failed(host, error, true);
      return false;
    }
  }

  /**
   * Once for each host. Clients' links tell, too: behind a PROXY header Dovecot asks whether it trusts the client's address, not ours, and then only a check, which comes from ours,
   * is taken at its word. An IMAP ID tells nothing: Dovecot 2.3 answers it alike whether it trusts us or not.
   */
  #noteTrust(host: Host, protocol: Protocol, { tookIdentity }: BackendIntroduction): void {
    if (tookIdentity || protocol === 'imap' || this.#untold.has(host)) return;
    this.#untold.add(host);
    this.#notices.warn('a backend does not take what it is told of clients: it must trust this proxy', {
      host: host.label,
    });
  }

  #succeeded(host: Host, checked: boolean): void {
    if (host.succeeded(performance.now(), checked)) this.#notices.info('a backend is back', { host: host.label });
  }

  #failed(host: Host, error: SensorError, checked: boolean): void {
    // What we ran out of ourselves says nothing of the host.
    if (error.code === 'proxy_dest_internal_failure') return;
    if (!host.failed(performance.now(), checked)) return;
    this.#notices.warn('a backend fails', { host: host.label, reason: error.code, error: error.message });
  }
}

/** What a header says of the client's TLS: nothing to a backend whose STARTTLS is wanted, for it would not offer it then. */
function toldTls({ backend, tls }: LinkRequest): LinkRequest['tls'] {
  return backend.proxyProtocol === 2 && backend.tls !== 'starttls' ? tls : null;
}

function headerFor(request: LinkRequest, tls: LinkRequest['tls']): Approach['header'] {
  const version = request.backend.proxyProtocol;
  return version === null ? null : () => clientHeader({ ...request, tls }, version);
}
