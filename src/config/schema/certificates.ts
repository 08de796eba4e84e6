import type { z } from 'zod';
import { checked, list, mapping, oneOf, path } from './pieces.js';

export const certificates = () =>
  list(
    mapping({
      chain: path("the path of a PEM file with the server's certificate and its chain").describe(
        "PEM file: the server's own certificate first, then those that lead to an authority.",
      ),
      key: path('the path of a PEM file with the private key')
        .optional()
        .describe('PEM file with the private key, not encrypted. Without it the key is in the file of the chain.'),
    }),
    'mappings with chain and key',
  ).min(1, { error: () => 'at least one certificate' });

export const tlsSettings = () =>
  mapping({
    min_version: oneOf(['TLSv1.2', 'TLSv1.3']).prefault('TLSv1.2').describe('Oldest version of TLS that is spoken.'),
    ciphers: checked("a cipher list as OpenSSL has it ('openssl ciphers')", (value) => /^[\x21-\x7e ]+$/.test(value))
      .optional()
      .describe("Ciphers of TLS 1.2, as OpenSSL lists them. Without it: Node's list."),
  });

export type CertificateEntry = z.output<ReturnType<typeof certificates>>[number];
export type TlsSettingsEntry = z.output<ReturnType<typeof tlsSettings>>;
