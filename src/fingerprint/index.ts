/** Hellos to fingerprints. */
export { type FingerprintOptions, fingerprint } from './fingerprint.js';
export { ja3, ja3n } from './ja3.js';
export { ja3s } from './ja3s.js';
export { ja4 } from './ja4.js';
export { sslJa3 } from './ssl-ja3.js';
