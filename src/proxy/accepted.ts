import type { Socket } from 'node:net';
import type { Endpoint } from '../endpoint.js';
import type { ClientDialogue, ClientDialogueSettings, Protocol } from './dialogue.js';
import type { EndSignal } from './ending.js';
import type { Links } from './links.js';
import type { BackendOptions, ListenerOptions, ProxyOptions } from './options.js';
import type { Tarpits } from './policy/index.js';
import type { ProxyPorts } from './ports.js';

/** A client's connection as a listener hands it to a session: of an address that may come in, and behind its PROXY header. */
export interface Accepted {
  /** Paused, with `allowHalfOpen`; nobody has read from it, or what was read is put back. */
  readonly socket: Socket;
  readonly listener: ListenerOptions;
  /** Our name for the connection, in the form of Dovecot's: up to 32 characters of base64. */
  readonly session: string;
  /** The client's end and ours: as the PROXY header says, where one came. */
  readonly remote: Endpoint;
  readonly local: Endpoint;
  /** The PROXY header says that TLS ended in front of us. */
  readonly tlsInFront: boolean;
  /** The client, as the PROXY header says where one came, may claim to speak for another. */
  readonly trusted: boolean;
  /** Milliseconds since 1970, for log lines. */
  readonly startedAt: number;
  /** Fires when the client has gone (its socket is destroyed then), and when the session must end: its place is needed, or the proxy waits no longer, as the reason says. */
  readonly signal: EndSignal;
}

/** Why a session must end whose client is still there. */
export function endReason({ reason }: EndSignal): 'connection_limit' | 'shutting_down' {
  return reason === 'connection_limit' ? reason : 'shutting_down';
}

/** What sessions need, the same for all of one configuration. */
export interface Services {
  readonly options: ProxyOptions;
  readonly ports: ProxyPorts;
  readonly links: Links;
  readonly clientDialogue: (protocol: Protocol, settings: ClientDialogueSettings) => ClientDialogue;
  /** Logins that a policy makes wait, of all sessions together. */
  readonly tarpits: Tarpits;
  /** The route of a listener; null where no backend fits. */
  readonly route: (listener: ListenerOptions, client: RouteKey) => BackendOptions | null;
}

export interface RouteKey {
  /** From the hello. */
  readonly serverName: string | null;
  readonly user: string | null;
}
