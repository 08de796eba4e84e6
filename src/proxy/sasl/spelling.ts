import type { Credentials } from '../attempt.js';
import { Secret } from '../secret.js';

/** A password login in the words of SASL. */
export interface PasswordSpelling {
  readonly mechanism: 'PLAIN' | 'LOGIN';
  /** Decoded; for the command, or for the first (empty) challenge where the protocol or its line has no room. null: LOGIN, where the server begins. */
  readonly initial: Secret | null;
  /** Decoded answers to the challenges that follow, in order. */
  readonly responses: readonly Secret[];
}

/**
 * How a backend is told a user and a password by SASL. The secrets are copies: wipe them once they are sent.
 *
 * @param offered the backend's mechanisms, in capitals
 * @returns null where the backend has neither PLAIN nor LOGIN, or only LOGIN, which cannot act as another; and for NUL, which PLAIN cannot carry
 */
export function spellPassword(
  credentials: Extract<Credentials, { kind: 'password' }>,
  offered: readonly string[],
): PasswordSpelling | null {
  const { authorization, user } = credentials;
  const password = credentials.password.reveal();
  if (authorization.includes(0) || user.includes(0) || password.includes(0)) return null;
  if (offered.includes('PLAIN')) {
    // RFC 4616 section 2.
    const message = new Uint8Array(authorization.length + user.length + password.length + 2);
    message.set(authorization, 0);
    message.set(user, authorization.length + 1);
    message.set(password, authorization.length + user.length + 2);
    return { mechanism: 'PLAIN', initial: new Secret(message), responses: [] };
  }
  if (!offered.includes('LOGIN') || authorization.length > 0) return null;
  return {
    mechanism: 'LOGIN',
    initial: null,
    responses: [new Secret(new Uint8Array(user)), new Secret(new Uint8Array(password))],
  };
}
