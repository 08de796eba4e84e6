import type { Socket } from 'node:net';
import { type SecureContext, TLSSocket } from 'node:tls';
import { SensorError } from '../../errors.js';
import { type ConnectionFingerprint, readClientHello } from '../../socket/index.js';
import type { Protocol } from '../dialogue.js';

/** A client's TLS that ends here. */
export interface ClientTls {
  readonly stream: TLSSocket;
  readonly fingerprint: ConnectionFingerprint;
  /** `TLSv1.3` */
  readonly version: string;
  readonly cipher: string;
}

/** IANA's names (TLS ALPN Protocol IDs). There is none for SMTP; a client that offers one all the same says the obvious. */
const ALPN: Readonly<Record<Protocol, readonly string[]>> = {
  imap: ['imap'],
  pop3: ['pop3'],
  sieve: ['managesieve'],
  submission: ['smtp', 'submission'],
  smtp: ['smtp'],
};

/**
 * Begins TLS with a client as its server: the hello is read and put back, then Node's TLS takes the connection.
 *
 * @param known called with what the hello says, before the handshake: what follows may fail
 * @param timeout milliseconds to the first byte, from there to the end of the hello, and from there to the end of the handshake
 * @throws (rejects) SensorError of the hello; `tls_handshake` with OpenSSL's reason, or where it takes too long
 */
export async function beginServerTls(
  socket: Socket,
  protocol: Protocol,
  contextFor: (serverName: string | null) => SecureContext,
  timeout: number,
  known: (fingerprint: ConnectionFingerprint) => void,
): Promise<ClientTls> {
  const { fingerprint } = await readClientHello(socket, { firstByteTimeout: timeout, lastByteTimeout: timeout });
  known(fingerprint);
  const stream = new TLSSocket(socket, {
    isServer: true,
    secureContext: contextFor(fingerprint.hello.serverName),
    ALPNProtocols: [...ALPN[protocol]],
  });
  await handshake(stream, timeout);
  return {
    stream,
    fingerprint,
    version: stream.getProtocol() ?? '',
    cipher: stream.getCipher().name,
  };
}

function handshake(stream: TLSSocket, timeout: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (failure: string | null, cause?: Error) => {
      clearTimeout(timer);
      stream.off('secure', onSecure).off('close', onClose).off('_tlsError', onError);
      // OpenSSL may find fault with a connection again while it is being ended.
      if (failure !== null) stream.on('error', () => {});
      stream.off('error', onError);
      // Without a tls.Server around it Node tells of what OpenSSL finds later by this event alone, and leaves the connection as it is: open, and deaf.
      if (failure === null) stream.on('_tlsError', () => void stream.destroy());
      if (failure === null) resolve();
      else reject(new SensorError('tls_handshake', 'handshake', 0, failure, { cause }));
    };
    const onSecure = () => settle(null);
    const onError = (error: Error) => settle(reasonOf(error), error);
    const onClose = () => settle('the client closed the connection');
    const timer = setTimeout(() => settle('the handshake took too long'), timeout);
    stream.once('secure', onSecure).once('close', onClose).once('_tlsError', onError).once('error', onError);
  });
}

/** OpenSSL's reason without its file and line: `no shared cipher`. */
function reasonOf(error: Error): string {
  const { reason, code } = error as Error & { reason?: string; code?: string };
  return reason ?? code ?? error.message;
}
