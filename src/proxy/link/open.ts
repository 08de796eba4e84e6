import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { SensorError } from '../../errors.js';
import type { ForwardedIdentity } from '../attempt.js';
import type { BackendDialogue, BackendDialogueSettings, BackendIntroduction, Protocol } from '../dialogue.js';
import type { EndSignal } from '../ending.js';
import type { BackendOptions, LimitOptions } from '../options.js';
import { connectTo } from './connect.js';
import { closed, converse } from './converse.js';
import { linkFailure, systemCode } from './failure.js';
import type { Host } from './hosts.js';
import { Leash } from './leash.js';
import { secure, type Verification } from './secure.js';

export type DialogueFactories = Readonly<Record<Protocol, (settings: BackendDialogueSettings) => BackendDialogue>>;

/** What all links of a proxy have in common. */
export interface LinkSurroundings {
  /** For EHLO. */
  readonly hostname: string;
  readonly limits: Pick<LimitOptions, 'connectTimeout' | 'backendTimeout'>;
  readonly dialogueFor: DialogueFactories;
}

/** How one host is gone about: for a client, or for a health check, which has no ends of a connection but its own. */
export interface Approach {
  readonly protocol: Protocol;
  readonly tls: BackendOptions['tls'];
  readonly verify: Verification;
  /** The PROXY header; null: none. */
  readonly header: ((socket: Socket) => Uint8Array) | null;
  readonly identity: (socket: Socket) => ForwardedIdentity | null;
  readonly signal: EndSignal;
}

export interface Opened {
  readonly stream: Duplex;
  readonly dialogue: BackendDialogue;
  readonly introduction: BackendIntroduction;
}

/** A host that is ready for a login. The stream is paused, with none of our listeners. @throws SensorError with a reason of `proxy_dest_…` */
export function openReady(host: Host, approach: Approach, surroundings: LinkSurroundings): Promise<Opened> {
  const { protocol, tls, verify, header, identity, signal } = approach;
  const { hostname, limits, dialogueFor } = surroundings;
  return attempt(host, signal, async (leash) => {
    const socket = await begin(host, leash, header, limits);
    let stream: Duplex = socket;
    const upgrade = () => secure(socket, leash, verify, host.address.host, host.label);
    if (tls === 'implicit') stream = await upgrade();
    leash.limit(limits.backendTimeout, () => slow(host));
    const dialogue = dialogueFor[protocol]({ hostname, tls, identity: identity(socket) });
    let milestone = await converse(stream, leash, dialogue, [], host.label);
    if (milestone.step === 'start_tls') {
      stream = await upgrade();
      milestone = await converse(stream, leash, dialogue, dialogue.secured(), host.label);
    }
    if (milestone.step === 'ready') return { stream, dialogue, introduction: milestone.backend };
    throw linkFailure('proxy_dest_protocol_failure', 'dialogue', host.label, 'was to begin TLS a second time');
  });
}

/**
 * A host that waits for a client's TLS, the STARTTLS before it agreed where asked for. The socket is paused, with none of our listeners.
 *
 * @throws SensorError with a reason of `proxy_dest_…`
 */
export function openRaw(
  host: Host,
  approach: Pick<Approach, 'protocol' | 'header' | 'signal'>,
  starttls: boolean,
  { hostname, limits, dialogueFor }: LinkSurroundings,
): Promise<Socket> {
  return attempt(host, approach.signal, async (leash) => {
    const socket = await begin(host, leash, approach.header, limits);
    if (!starttls) return socket;
    leash.limit(limits.backendTimeout, () => slow(host));
    // Whoever the client is, the header has said: what the backend hears in clear it must forget when TLS begins.
    const dialogue = dialogueFor[approach.protocol]({ hostname, tls: 'starttls', identity: null });
    const milestone = await converse(socket, leash, dialogue, [], host.label);
    if (milestone.step === 'start_tls') return socket;
    throw linkFailure('proxy_dest_protocol_failure', 'dialogue', host.label, 'has no STARTTLS');
  });
}

/** Connected, and the header sent: before everything else, TLS included. */
async function begin(
  host: Host,
  leash: Leash,
  header: Approach['header'],
  limits: LinkSurroundings['limits'],
): Promise<Socket> {
  leash.limit(limits.connectTimeout, () =>
    linkFailure(
      'proxy_dest_connect_failed',
      'connect',
      host.label,
      `did not take the connection within ${limits.connectTimeout} ms (ETIMEDOUT)`,
    ),
  );
  const socket = await connectTo(host.address, leash, host.label);
  if (header !== null) socket.write(header(socket));
  return socket;
}

async function attempt<T>(host: Host, signal: EndSignal, open: (leash: Leash) => Promise<T>): Promise<T> {
  const gone = () =>
    linkFailure('proxy_dest_internal_failure', 'signal', host.label, 'is not needed any more: the client has gone');
  if (signal.aborted) throw gone();
  const leash = new Leash(signal, gone);
  try {
    const opened = await open(leash);
    leash.release(closed(host.label));
    return opened;
  } catch (error) {
    leash.destroy();
    if (error instanceof SensorError) throw error;
    throw linkFailure('proxy_dest_internal_failure', 'connect', host.label, `cannot be used (${systemCode(error)})`, {
      cause: error,
    });
  }
}

function slow(host: Host): SensorError {
  return linkFailure(
    'proxy_dest_remote_failure',
    'dialogue',
    host.label,
    'did not get ready for a login in time (ETIMEDOUT)',
  );
}
