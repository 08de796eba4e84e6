/** Hellos to fingerprints. */
export { md5, sha256Prefix } from './digest.js';
export { type FingerprintOptions, fingerprint } from './fingerprint.js';
export { ja3, ja3n } from './ja3.js';
export { ja3s } from './ja3s.js';
export { ja4 } from './ja4.js';
export { MAX_JA3_LIST, MAX_JA3_STRING } from './limits.js';
export { ja3nOfLists, ja3OfLists, sslJa3OfLists } from './of-lists.js';
export { offeredVersion } from './offered-version.js';
export { isJa3String, type Ja3Lists, parseJa3String } from './parse-ja3.js';
export { isJa4, type Ja4Fields, parseJa4 } from './parse-ja4.js';
export { knownToOpenSsl, sslJa3 } from './ssl-ja3.js';
export { withoutGrease } from './values.js';
