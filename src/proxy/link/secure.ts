import { isIP, type Socket } from 'node:net';
import { connect, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';
import type { BackendOptions } from '../options.js';
import { linkFailure, systemCode } from './failure.js';
import type { Leash } from './leash.js';
import { MIN_TLS_VERSION } from './limits.js';

export type Verification = BackendOptions['verify'];

/** One for each set of authorities: to read some 150 certificates anew for each link would cost more than its handshake. */
const contexts = new WeakMap<Verification, SecureContext>();

function contextOf(verify: Verification): SecureContext {
  let context = contexts.get(verify);
  if (context === undefined) {
    context = createSecureContext({ minVersion: MIN_TLS_VERSION, ...(verify.ca === null ? {} : { ca: verify.ca }) });
    contexts.set(verify, context);
  }
  return context;
}

/**
 * TLS with a backend, over a connected socket that the leash holds; it then holds the TLS. Bytes that came in clear behind the go-ahead are taken for TLS, and fail as such.
 *
 * @param name the host as it is configured: its certificate must have that name or address, where `verify` gives no other
 * @param host for messages
 */
export async function secure(
  socket: Socket,
  leash: Leash,
  verify: Verification,
  name: string,
  host: string,
): Promise<TLSSocket> {
  const wanted = verify.serverName ?? name;
  const failed = (error: Error | null) =>
    linkFailure(
      'proxy_dest_connect_failed',
      'tls',
      host,
      error === null
        ? 'closed the connection in the TLS handshake'
        : `failed in the TLS handshake (${systemCode(error)})`,
      { cause: error },
    );
  const secured = connect({
    socket,
    secureContext: contextOf(verify),
    // What the certificate is compared with; over a given socket nothing is resolved or connected by it.
    host: wanted,
    // RFC 6066 section 3: names only, no addresses.
    ...(isIP(wanted) === 0 ? { servername: wanted } : {}),
    rejectUnauthorized: !verify.insecure,
  });
  leash.hold(secured);
  await leash.wait<void>(failed, ({ resolve }) => {
    secured.on('secureConnect', resolve);
    return () => secured.off('secureConnect', resolve);
  });
  return secured;
}
