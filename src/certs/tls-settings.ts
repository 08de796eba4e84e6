import { createSecureContext } from 'node:tls';
import { SensorError } from '../errors.js';
import type { LoadedCertificate } from './types.js';

export interface TlsSettings {
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
  /** OpenSSL's cipher list; null: Node's. */
  readonly ciphers: string | null;
}

/**
 * Has OpenSSL look at everything a server will be given, as it will when the server starts.
 *
 * @param entry null: the settings alone
 * @throws SensorError `tls_settings` with OpenSSL's own reason, which names no secret: a cipher list without a cipher, a key too small for it
 */
export function checkTlsSettings(settings: TlsSettings, entry: LoadedCertificate | null): void {
  const { minVersion, ciphers } = settings;
  try {
    createSecureContext({
      minVersion,
      ...(ciphers === null ? {} : { ciphers }),
      ...(entry === null ? {} : { cert: entry.chain, key: entry.key }),
    });
  } catch (error) {
    const reason = (error as { reason?: unknown }).reason;
    const message = `OpenSSL does not take it: ${typeof reason === 'string' ? reason : 'no reason given'}`;
    throw new SensorError('tls_settings', entry === null ? 'ciphers' : 'chain', 0, message);
  }
}
