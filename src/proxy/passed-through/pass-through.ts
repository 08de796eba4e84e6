import { SensorError } from '../../errors.js';
import { readClientHello } from '../../socket/index.js';
import { type Accepted, endReason, type Services } from '../accepted.js';
import type { ReasonCode } from '../dialogue.js';
import type { EndSignal } from '../ending.js';
import { hangUp } from '../hang-up.js';
import type { RawLink } from '../links.js';
import { relay } from '../relay/index.js';
import { type Alert, fatalAlert } from './alert.js';
import { ClearPart } from './clear-part.js';
import { PassedClient } from './client.js';
import { earlyLink } from './early-link.js';
import { HandshakeWatch } from './handshake-watch.js';

/**
 * One client whose TLS goes through to its backend untouched: its hello is read and put back, the backend chosen and linked to, and from the hello's first byte on
 * everything is relayed. Before STARTTLS we speak with the client ourselves.
 *
 * @param settled called when the client's handshake with the backend goes on
 * @returns when the session is over. Never rejects
 */
export function passThrough(accepted: Accepted, services: Services, settled: () => void): Promise<void> {
  const client = new PassedClient(accepted, services);
  const { socket, session, listener, signal } = accepted;
  const prepared =
    listener.tls === 'starttls' ? afterStartTls(client, accepted, services) : atOnce(client, accepted, services);
  // Nothing here outlives this but the relay: there may be thousands that are idle.
  return prepared
    .then((prepared) => {
      if (prepared === null) return;
      const { link, sent } = prepared;
      // A client that has gone may look like one that has said its last, and a backend that hangs closes nothing: nobody else would end this.
      const late = setTimeout(() => void socket.destroy(), services.options.limits.loginTimeout);
      const goesOn = () => {
        clearTimeout(late);
        settled();
      };
      const watch = new HandshakeWatch(client, link.host, goesOn, services.ports.notices);
      return relay(socket, link.socket, { signal, watch: watch.look, sent }).then(({ error }) => {
        clearTimeout(late);
        watch.end(error);
      });
    })
    .catch((error: unknown) => {
      services.ports.notices.warn('a session failed', { session, error });
      socket.destroy();
    });
}

/** A link, and what the client has said, which went out on it already: to put it back and read it again would take a fifth of the time that we add. */
interface Prepared {
  readonly link: RawLink;
  readonly sent: Uint8Array;
}

/** TLS from the first byte on. @returns null where the session is over */
async function atOnce(client: PassedClient, accepted: Accepted, services: Services): Promise<Prepared | null> {
  const { signal } = accepted;
  const early = earlyLink(accepted, () => tryLink(client, signal, services, false));
  const hello = await readHello(client, accepted, services);
  if (hello === null) {
    void early?.drop();
    return null;
  }
  return linkAfterHello(client, accepted, early?.take() ?? tryLink(client, signal, services, false), hello);
}

/** @returns null where the session is over */
async function afterStartTls(client: PassedClient, accepted: Accepted, services: Services): Promise<Prepared | null> {
  const { socket, listener } = accepted;
  const dialogue = clearDialogue(accepted, services);
  const clear = new ClearPart(accepted, dialogue, services.options.limits, (step) => client.refused(step));
  let link: RawLink | null = null;
  let failure: Failure | null = null;
  let end = await clear.next();
  // By its server name a client can be led only after its hello, and for that it must be told to go ahead. Else there is a backend first.
  while (end.state === 'start_tls' && listener.route.by === 'static') {
    const made = await tryLink(client, clear.gone, services, true);
    if ('socket' in made) {
      link = made;
      break;
    }
    // Not where it only failed because the client had gone.
    if (clear.over === null) failure = made;
    clear.refuseTls();
    end = await clear.next();
  }
  clear.startTls();
  if (clear.over !== null) {
    client.left(failure?.reason ?? clear.over, failure?.text ?? null, failure?.backend ?? null);
    hangUp(socket);
  } else {
    const hello = await readHello(client, accepted, services);
    if (hello !== null)
      return linkAfterHello(client, accepted, link ?? tryLink(client, accepted.signal, services, true), hello);
  }
  if (link !== null) hangUp(link.socket);
  return null;
}

/** Why there is no link. */
interface Failure {
  readonly reason: ReasonCode;
  readonly text: string;
  /** The backend's name; null where there is none. */
  readonly backend: string | null;
  /** What a client that has said hello is told. */
  readonly alert: Alert;
}

async function tryLink(
  client: PassedClient,
  signal: EndSignal,
  { links, options, ports }: Services,
  starttls: boolean,
): Promise<RawLink | Failure> {
  if (options.whenUnrecorded === 'refuse' && (ports.log.failing || ports.recorder?.failing === true)) {
    return { reason: 'temp_fail', text: 'logins cannot be recorded', backend: null, alert: 'internal_error' };
  }
  const backend = client.backend();
  if (backend === null) {
    const text = 'no backend for this server name';
    return { reason: 'proxy_dest_internal_failure', text, backend: null, alert: 'unrecognized_name' };
  }
  try {
    const link = await links.raw(client.linkRequest(backend, signal), starttls);
    link.socket.on('error', () => {}); // until the relay listens; it notices one that has closed
    return link;
  } catch (error) {
    if (!(error instanceof SensorError)) throw error;
    const reason = error.code as ReasonCode;
    return { reason, text: error.message, backend: backend.name, alert: 'internal_error' };
  }
}

/** The client waits for an answer to its hello: where it gets none from a backend, it gets an alert. */
async function linkAfterHello(
  client: PassedClient,
  accepted: Accepted,
  made: RawLink | Promise<RawLink | Failure>,
  hello: Uint8Array,
): Promise<Prepared | null> {
  const link = await made;
  if ('socket' in link) {
    link.socket.write(hello);
    return { link, sent: hello };
  }
  const { socket, signal } = accepted;
  client.recordHello(false);
  client.left(signal.aborted ? endedBy(accepted) : link.reason, link.text, link.backend);
  if (!socket.destroyed) socket.write(fatalAlert(link.alert));
  hangUp(socket);
  return null;
}

/** @returns its bytes, and what came with it; null where none came that can be used, and the session is over */
async function readHello(client: PassedClient, accepted: Accepted, { options }: Services): Promise<Uint8Array | null> {
  const { socket, signal } = accepted;
  let ended: ReasonCode | null = null;
  const timeout = options.limits.handshakeTimeout;
  const onAbort = () => {
    ended = endedBy(accepted);
    socket.destroy();
  };
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) onAbort();
  try {
    const settings = { firstByteTimeout: timeout, lastByteTimeout: timeout, putBack: false };
    const { fingerprint, bytes } = await readClientHello(socket, settings);
    client.helloRead(fingerprint);
    return bytes;
  } catch (error) {
    if (!(error instanceof SensorError)) throw error;
    // What is no TLS is no business of the backend's.
    client.left(ended ?? 'tls_handshake_not_finished', error.message);
    hangUp(socket);
    return null;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** Why `signal` has fired. */
function endedBy({ socket, signal }: Accepted): ReasonCode {
  return socket.destroyed ? 'tls_handshake_not_finished' : endReason(signal);
}

/** Shows what the backend shows, but lets nobody log in. */
function clearDialogue({ listener }: Accepted, { options, links, clientDialogue }: Services) {
  const { route, keywords } = listener;
  const backend = route.by === 'static' ? route.backend : route.otherwise;
  const introduction = backend === null ? null : links.introduction(backend);
  // Mail without a login is for the backend to take, inside TLS.
  return clientDialogue(listener.protocol === 'smtp' ? 'submission' : listener.protocol, {
    hostname: options.hostname,
    secured: false,
    starttls: true,
    mechanisms: [],
    cleartext: false,
    keywords: keywords ?? introduction?.keywords ?? [],
    trusted: false,
    greeting: null,
    limits: options.limits,
  });
}
