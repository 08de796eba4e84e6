import type { Attempt, Credentials } from '../attempt.js';
import { encodeBase64, encodeInitial, spellPassword } from '../sasl/index.js';
import type { Secret } from '../secret.js';
import type { Capabilities } from './capabilities.js';
import { MAX_COMMAND_LINE, MAX_LITERAL_MINUS } from './limits.js';

/** How an attempt is spelled: what is sent, piece by piece. Behind each piece but the last the server must say `+`. Each is secret, and is to be overwritten once sent. */
export interface SpelledLogin {
  readonly pieces: Uint8Array[];
  /** Challenges behind the last piece are the client's; otherwise there are none. */
  readonly challenges: boolean;
}

/**
 * Spells an attempt as IMAP commands, for what the server takes: AUTHENTICATE PLAIN, else AUTHENTICATE LOGIN, else LOGIN for a password; its own mechanism for
 * anything else. A secret is only ever inside base64, a quoted string or a literal, so that no octet of it can end the command.
 *
 * @returns why it cannot be
 */
export function spellLogin(attempt: Attempt, server: Capabilities): SpelledLogin | 'no_mechanism' | 'no_passwords' {
  const { credentials, tag } = attempt;
  if (credentials.kind === 'apop') return 'no_mechanism';
  if (credentials.kind === 'sasl') {
    return { pieces: spellMechanism(tag, attempt.mechanism, credentials.initial, [], server), challenges: true };
  }
  const sasl = spellPassword(credentials, server.mechanisms);
  if (sasl === null) return spellCommand(tag, credentials, server);
  const pieces = spellMechanism(tag, sasl.mechanism, sasl.initial, sasl.responses, server);
  for (const secret of [sasl.initial, ...sasl.responses]) secret?.wipe();
  return { pieces, challenges: false };
}

/** RFC 9051 section 6.2.2. Without SASL-IR, or where it would make the line too long, the initial response answers a first, empty challenge. */
function spellMechanism(
  tag: string,
  mechanism: string,
  initial: Secret | null,
  responses: readonly Secret[],
  server: Capabilities,
): Uint8Array[] {
  const command = `${tag} AUTHENTICATE ${mechanism}`;
  const answers = responses.map((response) => line(encodeBase64(response.reveal())));
  if (initial === null) return [line(command), ...answers];
  const together = `${command} ${encodeInitial(initial.reveal())}`;
  if (server.words.has('SASL-IR') && together.length <= MAX_COMMAND_LINE) return [line(together), ...answers];
  return [line(command), line(encodeBase64(initial.reveal())), ...answers];
}

/** RFC 9051 section 6.2.3. */
function spellCommand(
  tag: string,
  { authorization, user, password }: Extract<Credentials, { kind: 'password' }>,
  server: Capabilities,
): SpelledLogin | 'no_passwords' {
  const secret = password.reveal();
  // It has no word for whom to act as; and NUL can be in no string (section 9, CHAR8).
  if (authorization.length > 0 || user.includes(0) || secret.includes(0)) return 'no_passwords';
  if (server.words.has('LOGINDISABLED')) return 'no_passwords';
  const command = new Pieces();
  command.text(`${tag} LOGIN `);
  command.string(user, server);
  command.text(' ');
  command.string(secret, server);
  command.text('\r\n');
  return { pieces: command.end(), challenges: false };
}

class Pieces {
  readonly #pieces: Uint8Array[] = [];
  #parts: Uint8Array[] = [];

  text(text: string): void {
    this.#parts.push(octets(text));
  }

  /** Quoted where it is printable ASCII and not long; else a literal, which takes every octet. */
  string(value: Uint8Array, server: Capabilities): void {
    if (value.length <= MAX_COMMAND_LINE / 4 && value.every((octet) => octet >= 0x20 && octet <= 0x7e)) {
      this.#parts.push(quoted(value));
      return;
    }
    // RFC 7888: with LITERAL+, or LITERAL- and few octets, the server need not be asked.
    const atOnce = server.words.has('LITERAL+') || (server.words.has('LITERAL-') && value.length <= MAX_LITERAL_MINUS);
    this.text(`{${value.length}${atOnce ? '+' : ''}}\r\n`);
    if (!atOnce) this.#cut();
    this.#parts.push(new Uint8Array(value));
  }

  end(): Uint8Array[] {
    this.#cut();
    return this.#pieces;
  }

  #cut(): void {
    const piece = new Uint8Array(this.#parts.reduce((length, part) => length + part.length, 0));
    let at = 0;
    for (const part of this.#parts) {
      piece.set(part, at);
      at += part.length;
      part.fill(0);
    }
    this.#pieces.push(piece);
    this.#parts = [];
  }
}

const DQUOTE = 0x22;
const BACKSLASH = 0x5c;

/** RFC 9051 section 4.3. */
function quoted(value: Uint8Array): Uint8Array {
  const spelled = new Uint8Array(2 * value.length + 2);
  let length = 0;
  spelled[length++] = DQUOTE;
  for (const octet of value) {
    if (octet === DQUOTE || octet === BACKSLASH) spelled[length++] = BACKSLASH;
    spelled[length++] = octet;
  }
  spelled[length++] = DQUOTE;
  return spelled.subarray(0, length);
}

const line = (text: string): Uint8Array => octets(`${text}\r\n`);

function octets(text: string): Uint8Array {
  // Of its own: a small Buffer would share its memory with others.
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}
