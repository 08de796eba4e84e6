import {
  cipherSuiteName,
  ecPointFormatName,
  extensionTypeName,
  isGrease,
  signatureSchemeName,
  supportedGroupName,
  versionName,
} from '../tls/index.js';
import type { NamedValue } from './types.js';

type Naming = (value: number) => NamedValue;

const named =
  (nameOf: (value: number) => string): Naming =>
  (value) => ({ value, name: nameOf(value), grease: isGrease(value) });

export const cipherSuite: Naming = named(cipherSuiteName);
export const extensionType: Naming = named(extensionTypeName);
export const supportedGroup: Naming = named(supportedGroupName);
export const signatureScheme: Naming = named(signatureSchemeName);
export const version: Naming = named(versionName);

/** Single bytes: no value of GREASE here has sixteen bits. */
const small =
  (names: readonly string[]): Naming =>
  (value) => ({ value, name: names[value] ?? `0x${value.toString(16).padStart(2, '0')}`, grease: false });

export const ecPointFormat: Naming = (value) => ({ value, name: ecPointFormatName(value), grease: false });

/** RFC 5246 section 7.4.1.2 and RFC 3749. */
export const compressionMethod: Naming = small(['null', 'DEFLATE']);

/** RFC 8446 section 4.2.9. */
export const pskKeyExchangeMode: Naming = small(['psk_ke', 'psk_dhe_ke']);

/** RFC 6066 section 8: CertificateStatusType. */
export const certificateStatusType: Naming = small(['0x00', 'ocsp', 'ocsp_multi']);

/** RFC 6066 section 4. */
export const maxFragmentLength: Naming = small(['0x00', '2^9', '2^10', '2^11', '2^12']);

/** RFC 6520 section 2. */
export const heartbeatMode: Naming = small(['0x00', 'peer_allowed_to_send', 'peer_not_allowed_to_send']);

/** RFC 7250 section 3: CertificateType. */
export const certificateType: Naming = small(['X.509', 'OpenPGP', 'Raw Public Key', '1609Dot2']);

/** RFC 8879 section 3: 16-bit numbers. */
export const compressionAlgorithm: Naming = (value) => ({
  value,
  name: ['0x0000', 'zlib', 'brotli', 'zstd'][value] ?? `0x${value.toString(16).padStart(4, '0')}`,
  grease: isGrease(value),
});
