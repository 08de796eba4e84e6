import type { Socket } from 'node:net';
import type { Endpoint } from '../../endpoint.js';
import { writeProxyHeader } from '../../haproxy/index.js';
import type { ForwardedIdentity } from '../attempt.js';
import type { EndSignal } from '../ending.js';
import { hangUp } from '../hang-up.js';
import { FIRST_TTL } from '../limits.js';
import type { BackendOptions } from '../options.js';
import type { Check } from './checks.js';
import type { Approach, Opened } from './open.js';
import { clientHeader } from './proxy-header.js';

/**
 * A health check goes about a host as a client with TLS would, but speaks for itself: with our own addresses. So it finds out whether the host takes what it is to be told of
 * clients, and hears of the mechanisms they are offered.
 */
export function checkApproach(backend: BackendOptions, check: Check, signal: EndSignal): Approach {
  const { protocol, tls, verify, terminated } = check;
  const version = backend.proxyProtocol;
  return {
    protocol,
    tls,
    verify,
    signal,
    header: version === null ? null : (socket) => checkHeader(socket, version, check),
    identity: (socket) => (terminated && backend.forward ? ownIdentity(socket) : null),
  };
}

function checkHeader(socket: Socket, version: 1 | 2, { tls, terminated }: Check): Uint8Array {
  // A backend that hears of TLS does not offer STARTTLS any more.
  if (version === 2 && terminated && tls !== 'starttls') {
    const [remote, local] = ownEnds(socket);
    return clientHeader({ remote, local, serverName: null, tls: { version: null, cipher: null } }, version);
  }
  return writeProxyHeader(
    { command: 'LOCAL', family: 'UNSPEC', transport: 'UNSPEC', src: null, dst: null, unix: null },
    version,
  );
}

function ownIdentity(socket: Socket): ForwardedIdentity {
  const [remote, local] = ownEnds(socket);
  return {
    remote,
    local,
    session: 'health',
    ttl: FIRST_TTL - 1,
    tls: true,
    serverName: null,
    forward: [],
    clientId: null,
  };
}

/** Ours, then the host's. A socket that has been cut off in the meantime has none: its next step fails anyway. */
function ownEnds(socket: Socket): readonly [Endpoint, Endpoint] {
  const { localAddress = '0.0.0.0', localPort = 0, remoteAddress = '0.0.0.0', remotePort = 0 } = socket;
  return [
    { ip: localAddress, port: localPort },
    { ip: remoteAddress, port: remotePort },
  ];
}

/** Ends a check's link as the protocol has it. */
export function sayGoodbye({ stream, dialogue }: Opened): void {
  for (const step of dialogue.quit()) if (step.step === 'send') stream.write(step.bytes);
  hangUp(stream);
}

/** Repeats a check, the next one an interval after the end of the last. Keeps no process alive. */
export class Repeated {
  readonly #check: () => Promise<void>;
  readonly #interval: number;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  /** @param check must not reject */
  constructor(check: () => Promise<void>, interval: number) {
    this.#check = check;
    this.#interval = interval;
  }

  /** Checks at once, and from then on. @returns when the first check is over */
  async run(): Promise<void> {
    await this.#check();
    if (!this.#stopped) this.#timer = setTimeout(() => void this.run(), this.#interval).unref();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }
}
