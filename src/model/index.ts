/** Types only: the words every room shares. */
export type * from './fingerprint.js';
export type * from './hello.js';
export type * from './label.js';
export type * from './login.js';
export type * from './observation.js';
export type * from './policy.js';
export type * from './recognition.js';
export type * from './verdict.js';
