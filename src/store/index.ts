/** Labels, observations and logins in an SQLite file, or in memory. */
export { memoryStore } from './memory.js';
export { type OpenOptions, openStore } from './open.js';
export * from './surface/index.js';
