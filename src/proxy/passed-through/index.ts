/** Clients whose TLS is passed through to a backend: no key is needed, and the hello is read as it goes by. */
export { passThrough } from './pass-through.js';
