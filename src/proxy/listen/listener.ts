import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type Endpoint, plainAddress } from '../../endpoint.js';
import { SensorError } from '../../errors.js';
import type { ProxyHeader } from '../../haproxy/index.js';
import { Networks } from '../../networks.js';
import type { Accepted } from '../accepted.js';
import { BACKLOG, REFUSED_NOTICE_INTERVAL } from '../limits.js';
import type { ListenerOptions } from '../options.js';
import type { Notices } from '../ports.js';
import type { Admission, Admitted } from './admission.js';
import { readProxyHeader } from './read-proxy-header.js';
import { sessionId } from './session-id.js';

/** Bound to one of these, a connection may come to any address of the machine. */
const ANY: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/** Runs a session; `admitted.settled()` when its client is in. Must not reject. */
export type RunSession = (accepted: Accepted, admitted: Admitted) => Promise<void>;

/** One bound address: takes connections, reads their PROXY headers, and hands them to sessions. What it does with a new connection can be changed while it listens. */
export class Listener {
  readonly #server: Server;
  readonly #admission: Admission;
  readonly #notices: Notices;
  #options: ListenerOptions;
  /** Our end of every connection, where the address is a certain one: to ask the system takes 15 µs. */
  #local: Endpoint | null = null;
  /** Connections refused for their PROXY header that nobody was told of. */
  #untold = 0;
  #toldAt = Number.NEGATIVE_INFINITY;
  #run: RunSession;
  #proxyPeers: Networks;
  #trusted: Networks;

  constructor(options: ListenerOptions, run: RunSession, admission: Admission, notices: Notices) {
    this.#options = options;
    this.#run = run;
    this.#proxyPeers = new Networks(options.proxyNetworks);
    this.#trusted = new Networks(options.trustedNetworks);
    this.#admission = admission;
    this.#notices = notices;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => void this.#take(socket));
  }

  get options(): ListenerOptions {
    return this.#options;
  }

  /** @returns the address it is bound to; null for a socket that has none */
  listen(): Promise<Endpoint | null> {
    const { bind } = this.#options;
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      const listening = () => {
        this.#server.off('error', reject).on('error', this.#onError);
        const address = this.#server.address();
        const bound = typeof address === 'object' && address !== null ? endpointOf(address) : null;
        if (bound !== null && !ANY.has(bound.ip)) this.#local = { ...bound, ip: plainAddress(bound.ip) };
        resolve(bound);
      };
      if ('fd' in bind) this.#server.listen({ fd: bind.fd }, listening);
      else this.#server.listen({ ...bind, backlog: BACKLOG, ipv6Only: true }, listening);
    });
  }

  /** Once a minute at most: whoever is refused can come back as often as he likes. */
  #tellRefused(reason: string, remote: Endpoint): void {
    const now = performance.now();
    this.#untold++;
    if (now - this.#toldAt < REFUSED_NOTICE_INTERVAL) return;
    this.#notices.warn('refused', { listener: this.#options.name, remote, reason, connections: this.#untold });
    this.#toldAt = now;
    this.#untold = 0;
  }

  /** Out of files or memory: those that wait are taken when there is room again. */
  readonly #onError = (error: NodeJS.ErrnoException): void => {
    const { name } = this.#options;
    this.#notices.warn('a connection could not be taken', { listener: name, error: error.code ?? error.message });
  };

  /** From now on new connections are treated so. Those that are here go on as they began. */
  replace(options: ListenerOptions, run: RunSession): void {
    this.#options = options;
    this.#run = run;
    this.#proxyPeers = new Networks(options.proxyNetworks);
    this.#trusted = new Networks(options.trustedNetworks);
  }

  /** Takes no more connections. Sessions go on. */
  close(): void {
    this.#server.close();
  }

  async #take(socket: Socket): Promise<void> {
    // Whoever reads listens for himself; this is for the moments when nobody does.
    socket.on('error', () => {});
    const { remoteAddress } = socket;
    // Without one it has gone already.
    const peer = remoteAddress === undefined ? null : plainAddress(remoteAddress);
    const admitted = peer === null ? null : this.#admission.admit(this.#isProxy(peer) ? null : peer);
    if (peer === null || admitted === null) {
      socket.destroy();
      return;
    }
    socket.once('close', admitted.leave);
    try {
      const accepted = await this.#accept(socket, peer, admitted);
      if (accepted === null) socket.destroy();
      else await this.#run(accepted, admitted);
    } catch (error) {
      // A mistake of ours costs one connection.
      this.#notices.warn('a session failed', { listener: this.#options.name, error });
      socket.destroy();
    }
    admitted.told();
  }

  /** Its PROXY headers are believed: its connections are those of others, and count for them. */
  #isProxy(peer: string): boolean {
    return this.#options.proxyProtocol !== null && this.#proxyPeers.has(peer);
  }

  async #accept(socket: Socket, peer: string, admitted: Admitted): Promise<Accepted | null> {
    const { signal } = admitted;
    const listener = this.#options;
    const claimants = this.#trusted;
    const startedAt = Date.now();
    const remote = { ip: peer, port: socket.remotePort ?? 0 };
    const local = this.#local ?? { ip: plainAddress(socket.localAddress ?? ''), port: socket.localPort ?? 0 };
    let header: ProxyHeader | null = null;
    if (listener.proxyProtocol !== null) {
      // Whose place is needed, or whose proxy waits no longer, need not say more.
      const cut = () => void socket.destroy();
      signal.addEventListener('abort', cut);
      try {
        if (this.#isProxy(peer)) header = await readProxyHeader(socket, listener.proxyProtocol);
        else if (listener.proxyProtocol === 'required') throw untrusted();
      } catch (error) {
        if (!(error instanceof SensorError)) throw error;
        this.#tellRefused(error.code, remote);
        return null;
      } finally {
        signal.removeEventListener('abort', cut);
      }
      if (signal.aborted) return null;
    }
    const from = header?.src ?? remote;
    if (!admitted.announce(from.ip)) return null;
    // Behind a PROXY header it is the client that speaks, not who sent the header; of one that is kept quiet about nobody knows whether it may.
    const isAnnounced = header?.command === 'PROXY';
    const trusted = isAnnounced && header?.src == null ? false : claimants.has(from.ip);
    let session: string | null = null;
    return {
      socket,
      listener,
      // Made when it is first needed, which no client waits for.
      get session() {
        session ??= sessionId(from, startedAt);
        return session;
      },
      remote: from,
      local: header?.dst ?? local,
      tlsInFront: header?.ssl?.ssl === true,
      trusted,
      startedAt,
      signal,
    };
  }
}

function endpointOf({ address, port }: AddressInfo): Endpoint {
  return { ip: address, port };
}

function untrusted(): SensorError {
  return new SensorError('proxy_untrusted', 'source', 0, 'a peer whose PROXY headers are not believed');
}
