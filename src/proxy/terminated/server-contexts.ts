import { createSecureContext, type SecureContext } from 'node:tls';
import { selectCertificate } from '../../certs/index.js';
import type { ServerCertificate, ServerCertificates } from '../options.js';

/** What OpenSSL is to use for a client, by the server name in its hello. Made once for a configuration: parsing keys takes milliseconds. */
export class ServerContexts {
  readonly #entries: readonly ServerCertificate[];
  readonly #contexts: ReadonlyMap<ServerCertificate, SecureContext>;

  /**
   * @param ticketKeys 48 random bytes that all processes of a proxy share, so that a session begun at one is resumed at another; null: each has its own
   * @throws TypeError without any certificate; what OpenSSL says of a chain, a key or a cipher list it does not take
   */
  constructor(certificates: ServerCertificates, ticketKeys: Buffer | null) {
    if (certificates.entries.length === 0) throw new TypeError('a TLS server needs a certificate');
    this.#entries = certificates.entries;
    this.#contexts = new Map(
      certificates.entries.map((entry) => [
        entry,
        createSecureContext({
          cert: entry.chain,
          key: entry.key,
          minVersion: certificates.minVersion,
          honorCipherOrder: true,
          ...(certificates.ciphers !== null && { ciphers: certificates.ciphers }),
          ...(ticketKeys !== null && { ticketKeys }),
        }),
      ]),
    );
  }

  for(serverName: string | null): SecureContext {
    // There is a first entry: configuration sees to that, and so does the constructor.
    return this.#contexts.get(selectCertificate(this.#entries, serverName)!)!;
  }
}
