import type { Credentials } from '../attempt.js';
import type { ClientStep } from '../dialogue.js';
import { imapClientDialogue } from '../imap/index.js';
import { fromLatin1 } from '../lines.js';
import type { Told } from './letter.js';
import type { Letters } from './letters.js';
import { MAX_ATTEMPTS, MAX_BAD_COMMANDS, MAX_COMMAND } from './limits.js';
import { KEYWORDS, UserSession } from './user-session.js';

/** Who may in. */
export const DEMO_USER = 'demo';
export const DEMO_PASSWORD = 'demo';

/** One connection of the demonstration's IMAP server: the proxy's own login dialogue, then {@link UserSession}. No socket: bytes in, bytes out. */
export class DemoSession {
  readonly #letters: Letters;
  readonly #clock: () => Date;
  /** Whoever connects is taken for the proxy: the port is on loopback. */
  readonly #dialogue = imapClientDialogue({
    hostname: 'ja3-sensor demo',
    secured: false,
    starttls: false,
    mechanisms: ['PLAIN', 'LOGIN'],
    cleartext: true,
    keywords: KEYWORDS,
    trusted: true,
    greeting: null,
    limits: { maxLine: MAX_COMMAND, maxBadCommands: MAX_BAD_COMMANDS, maxAttempts: MAX_ATTEMPTS },
  });
  #told: Told = { identity: null, clientId: [] };
  #user: UserSession | null = null;
  #over = false;

  constructor(letters: Letters, clock: () => Date) {
    this.#letters = letters;
    this.#clock = clock;
  }

  /** The user is in. */
  get loggedIn(): boolean {
    return this.#user !== null;
  }

  /** The connection is to be closed, behind what was said. */
  get over(): boolean {
    return this.#over || this.#user?.over === true;
  }

  greet(): Uint8Array {
    return this.#take(this.#dialogue.greet());
  }

  /** @returns what is said to it */
  push(bytes: Uint8Array): Uint8Array {
    return this.#user === null ? this.#take(this.#dialogue.push(bytes)) : this.#user.push(bytes);
  }

  #take(steps: readonly ClientStep[]): Uint8Array {
    const said: Uint8Array[] = [];
    for (const step of steps) {
      switch (step.step) {
        case 'send':
          said.push(step.bytes);
          break;
        case 'claim':
          this.#told = { ...this.#told, identity: step.identity };
          break;
        case 'client_id':
          this.#told = { ...this.#told, clientId: step.pairs };
          break;
        case 'attempt':
          said.push(this.#logIn(step.attempt.tag, step.attempt.credentials));
          break;
        case 'close':
          this.#over = true;
          break;
        default:
      }
    }
    return new Uint8Array(Buffer.concat(said));
  }

  #logIn(tag: string, credentials: Credentials): Uint8Array {
    if (!isDemo(credentials)) return this.#take(this.#dialogue.finish('failed', null));
    this.#user = new UserSession(this.#letters.for(this.#told, this.#clock()));
    const welcome = fromLatin1(`${tag} OK [CAPABILITY ${KEYWORDS.join(' ')}] Logged in\r\n`);
    const said = this.#take(this.#dialogue.finish('succeeded', welcome));
    return new Uint8Array(Buffer.concat([said, this.#user.push(this.#dialogue.rest())]));
  }
}

function isDemo(credentials: Credentials): boolean {
  if (credentials.kind !== 'password') return false;
  const { authorization, user, password } = credentials;
  const isRight = is(user, DEMO_USER) && is(password.reveal(), DEMO_PASSWORD);
  password.wipe();
  return isRight && (authorization.length === 0 || is(authorization, DEMO_USER));
}

function is(bytes: Uint8Array, text: string): boolean {
  return Buffer.from(bytes).equals(Buffer.from(text));
}
