/** Logins that somebody else has a say in. */
export { type DecidedAttempt, type DecidedLogin, decideLogin, passwordShown } from './decided-login.js';
export { Tarpits } from './tarpits.js';
