/** Several files at once, in threads. Loaded only then. */
export { errorOf, type JobSettings } from './messages.js';
export { unpack } from './parcel.js';
export { JobPool } from './pool.js';
