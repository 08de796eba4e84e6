/** Bytes to hellos. */
export { parseClientHello } from './client-hello.js';
export { ExtensionType } from './extensions/index.js';
export { isGrease } from './grease.js';
export { MAX_EMPTY_RECORDS, MAX_HELLO_BYTES, MAX_RECORD_BYTES, MAX_RECORDS_PER_HELLO } from './limits.js';
export { type TlsOpening, tlsOpening } from './opening.js';
export { RECORD_HEADER_BYTES } from './record.js';
export {
  cipherSuiteName,
  ecPointFormatName,
  extensionTypeName,
  signatureSchemeName,
  supportedGroupName,
  versionName,
} from './registry/index.js';
export { parseServerHello } from './server-hello.js';
export { looksLikeHello, looksLikeSslv2Hello, type Sniff } from './sniff.js';
export { SplitHello } from './split-hello.js';
export { type HelloOf, type HelloOutcome, type HelloSide, HelloStream, type HelloStreamOptions } from './stream.js';
export { afterChangeCipherSpec, helloMayFollow, wholeClientHello } from './whole-hello.js';
