import type { Credentials } from '../attempt.js';
import { Secret } from '../secret.js';
import { decodeInitial, readResponse } from './base64.js';
import { readFirstMessage } from './first-message.js';
import { findMechanism, type Mechanism } from './mechanisms.js';
import { isName, nameText } from './name.js';

/** What a {@link SaslCollector} wants next. */
export type SaslStep =
  /** Show this challenge (not yet in base64; empty where the client is to begin), and hand the client's line to `respond`. */
  | { readonly step: 'ask'; readonly challenge: Uint8Array }
  | {
      readonly step: 'collected';
      readonly mechanism: Mechanism;
      /** null where the mechanism shows none yet. */
      readonly user: string | null;
      readonly credentials: Credentials;
    }
  | {
      readonly step: 'rejected';
      /** null: none that is offered. */
      readonly mechanism: Mechanism | null;
      readonly user: string | null;
      /** `auth_failed`: the message is not what the mechanism has. */
      readonly reason: 'invalid_mech' | 'invalid_base64' | 'auth_aborted_by_client' | 'auth_failed';
    };

// What servers ask in LOGIN (draft-murchison-sasl-login): some clients look at the words.
const USERNAME = Buffer.from('Username:');
const PASSWORD = Buffer.from('Password:');
const EMPTY = new Uint8Array();

type State = 'idle' | 'first_message' | 'login_user' | 'login_password';

/**
 * The proxy's half of a SASL exchange until it knows whom to ask for whom: `start`, then `respond` for as long as it asks. One collector serves one connection,
 * and one exchange after the other.
 */
export class SaslCollector {
  readonly #offered: readonly string[];
  #mechanism: Mechanism = 'PLAIN';
  #state: State = 'idle';
  #user: Uint8Array = EMPTY;

  /** @param offered in capitals, as in `ClientDialogueSettings.mechanisms` */
  constructor(offered: readonly string[]) {
    this.#offered = offered;
  }

  /**
   * @param name as the client wrote it
   * @param initial as the client wrote it: base64, or `=` for the empty one; null where there is none
   */
  start(name: string, initial: string | null): SaslStep {
    const mechanism = findMechanism(name);
    if (mechanism === null || !this.#offered.includes(mechanism)) return this.#reject('invalid_mech', null);
    this.#mechanism = mechanism;
    this.#user = EMPTY;
    if (mechanism === 'CRAM-MD5') {
      // RFC 4954 section 4: an initial response where the server begins is an error.
      if (initial !== null) return this.#reject('auth_failed');
      return this.#collect(null, { kind: 'sasl', initial: null });
    }
    this.#state = mechanism === 'LOGIN' ? 'login_user' : 'first_message';
    const challenge = mechanism === 'LOGIN' ? USERNAME : EMPTY;
    if (initial === null) return { step: 'ask', challenge };
    const message = decodeInitial(initial);
    if (message === null) return this.#reject('invalid_base64');
    return mechanism === 'LOGIN' && message.length === 0 ? { step: 'ask', challenge } : this.#read(message);
  }

  /** @param line the client's: base64, or `*` */
  respond(line: string): SaslStep {
    const read = readResponse(line);
    if (read === 'aborted') return this.#reject('auth_aborted_by_client');
    if (read === 'invalid') return this.#reject('invalid_base64');
    return this.#read(read.response);
  }

  #read(message: Uint8Array): SaslStep {
    switch (this.#state) {
      case 'first_message': {
        const first = readFirstMessage(this.#mechanism, message);
        return first === null ? this.#reject('auth_failed') : this.#collect(first.user, first.credentials);
      }
      case 'login_user':
        if (!isName(message)) return this.#reject('auth_failed');
        this.#user = message;
        this.#state = 'login_password';
        return { step: 'ask', challenge: PASSWORD };
      case 'login_password':
        if (message.includes(0)) return this.#reject('auth_failed');
        return this.#collect(nameText(this.#user), {
          kind: 'password',
          authorization: EMPTY,
          user: this.#user,
          password: new Secret(message),
        });
      case 'idle':
        return this.#reject('auth_failed');
    }
  }

  #collect(user: string | null, credentials: Credentials): SaslStep {
    this.#state = 'idle';
    return { step: 'collected', mechanism: this.#mechanism, user, credentials };
  }

  #reject(
    reason: Extract<SaslStep, { step: 'rejected' }>['reason'],
    mechanism: Mechanism | null = this.#mechanism,
  ): SaslStep {
    const user = this.#state === 'login_password' ? nameText(this.#user) : null;
    this.#state = 'idle';
    return { step: 'rejected', mechanism, user, reason };
  }
}
