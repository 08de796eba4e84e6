/** One file per extension that is interpreted, and their numbers (IANA TLS ExtensionType Values). */
export const ExtensionType = {
  serverName: 0,
  supportedGroups: 10,
  ecPointFormats: 11,
  signatureAlgorithms: 13,
  alpn: 16,
  padding: 21,
  compressCertificate: 27,
  recordSizeLimit: 28,
  sessionTicket: 35,
  preSharedKey: 41,
  supportedVersions: 43,
  pskKeyExchangeModes: 45,
  keyShare: 51,
  encryptedClientHello: 65037,
} as const;

export { readAlpn } from './alpn.js';
export { readCompressCertificate } from './compress-certificate.js';
export { readEcPointFormats } from './ec-point-formats.js';
export { readEncryptedClientHelloOuter } from './encrypted-client-hello.js';
export { readKeyShareGroups } from './key-share.js';
export { readPskKeyExchangeModes } from './psk-key-exchange-modes.js';
export { readRecordSizeLimit } from './record-size-limit.js';
export { readServerName } from './server-name.js';
export { readSignatureAlgorithms } from './signature-algorithms.js';
export { readSupportedGroups } from './supported-groups.js';
export { readSelectedVersion, readSupportedVersions } from './supported-versions.js';
