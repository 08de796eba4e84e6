/** Certificates and keys of servers: read, checked, and chosen by server name. */
export * as certificateLimits from './limits.js';
export { loadCertificate, loadCertificates } from './load.js';
export { loadAuthorities } from './load-authorities.js';

export { readTextFile } from './read-file.js';
export { selectCertificate } from './select.js';
export { selfSignedCertificate } from './self-signed.js';
export { newTicketKeys } from './ticket-keys.js';
export { checkTlsSettings, type TlsSettings } from './tls-settings.js';
export type { CertificateFiles, FileText, LoadedCertificate, LoadOptions, ReadFile } from './types.js';
