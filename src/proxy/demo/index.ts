/** An IMAP server for demonstrations of the proxy. */
export { DemoBackend } from './backend.js';
export { DEMO_PASSWORD, DEMO_USER } from './session.js';
