import type { Attempt, AttemptOutcome } from '../attempt.js';
import type { ClientDialogue, ClientDialogueSettings, ClientStep, ReasonCode } from '../dialogue.js';
import { LineBuffer, latin1 } from '../lines.js';
import {
  encodeBase64,
  findMechanism,
  isName,
  nameText,
  readResponse,
  SaslCollector,
  type SaslStep,
} from '../sasl/index.js';
import { Secret } from '../secret.js';
import { readClaim } from '../xclient/index.js';
import { isForApop, readApop } from './apop.js';
import { isPassedOn } from './keywords.js';
import { attemptEnd, goodbye, REFUSALS, send } from './replies.js';

type State =
  | 'command'
  /** The collector has asked the client something. */
  | 'sasl'
  /** A backend decides; what comes is kept. */
  | 'attempt'
  /** The client owes an answer to the backend's challenge. */
  | 'exchange'
  /** The client has asked for TLS; what comes is thrown away. */
  | 'tls_asked'
  /** It has had the go-ahead; what comes in clear is thrown away. */
  | 'tls_begins'
  | 'ended';

/** Dovecot says so to those it trusts. */
const TRUSTED = '[XCLIENT] ';
const SPACE = 0x20;

/** The server's half of a POP3 login: RFC 1939, 2449 (CAPA), 2595 (STLS), 5034 (AUTH), 3206 (codes), and Dovecot's words. */
export class Pop3ClientDialogue implements ClientDialogue {
  readonly #settings: ClientDialogueSettings;
  readonly #lines: LineBuffer;
  readonly #collector: SaslCollector;
  #state: State = 'command';
  #secured: boolean;
  /** USER's, until PASS. */
  #user: Uint8Array | null = null;
  /** USER was refused for want of TLS, and PASS gets the same answer without being another attempt. */
  #userRefused = false;
  #badCommands = 0;
  #attempts = 0;

  constructor(settings: ClientDialogueSettings) {
    this.#settings = settings;
    this.#secured = settings.secured;
    this.#lines = new LineBuffer(settings.limits.maxLine);
    this.#collector = new SaslCollector(settings.mechanisms);
  }

  greet(): readonly ClientStep[] {
    const { greeting, hostname, trusted } = this.#settings;
    return [send(`+OK ${trusted ? TRUSTED : ''}${greeting ?? `${hostname} ready.`}`)];
  }

  push(bytes: Uint8Array): readonly ClientStep[] {
    if (this.#state === 'tls_asked' || this.#state === 'tls_begins' || this.#state === 'ended') return [];
    this.#lines.push(bytes);
    return this.#read();
  }

  startTls(): readonly ClientStep[] {
    if (this.#state !== 'tls_asked') return [];
    this.#state = 'tls_begins';
    return [send('+OK Begin TLS negotiation now.')];
  }

  refuseTls(): readonly ClientStep[] {
    if (this.#state !== 'tls_asked') return [];
    this.#state = 'command';
    return [send('-ERR [SYS/TEMP] TLS is not available now.')];
  }

  secured(): readonly ClientStep[] {
    if (this.#state !== 'tls_begins') return [];
    this.#state = 'command';
    this.#secured = true;
    return [];
  }

  challenge(challenge: Uint8Array): readonly ClientStep[] {
    if (this.#state !== 'attempt') return [];
    this.#state = 'exchange';
    return [send(`+ ${encodeBase64(challenge)}`), ...this.#read()];
  }

  finish(outcome: AttemptOutcome, reply: Uint8Array | null, message?: string): readonly ClientStep[] {
    if (this.#state !== 'attempt' && this.#state !== 'exchange') return [];
    const said: ClientStep = reply === null ? send(attemptEnd(outcome, message)) : { step: 'send', bytes: reply };
    if (outcome === 'succeeded') {
      this.#state = 'ended';
      return [said];
    }
    this.#state = 'command';
    return [said, ...(outcome === 'failed' ? this.#countAttempt('auth_failed') : []), ...this.#read()];
  }

  close(reason: ReasonCode): readonly ClientStep[] {
    if (this.#state === 'ended') return [];
    // In clear there is nobody to hear it any more once TLS may have begun.
    const words = this.#state === 'tls_begins' ? null : goodbye(reason);
    this.#state = 'ended';
    this.#lines.discard();
    this.#user = null;
    return [...(words === null ? [] : [send(words)]), { step: 'close', reason }];
  }

  rest(): Uint8Array {
    return this.#lines.rest();
  }

  get #mayLogIn(): boolean {
    return this.#secured || this.#settings.cleartext;
  }

  get #mechanisms(): readonly string[] {
    return this.#mayLogIn ? this.#settings.mechanisms : [];
  }

  /** USER and PASS are PLAIN in other words. */
  get #takesPasswords(): boolean {
    return this.#mechanisms.includes('PLAIN') || this.#mechanisms.includes('LOGIN');
  }

  get #offersTls(): boolean {
    return this.#settings.starttls && !this.#secured;
  }

  #read(): ClientStep[] {
    const steps: ClientStep[] = [];
    while (this.#state === 'command' || this.#state === 'sasl' || this.#state === 'exchange') {
      const line = this.#lines.line();
      if (line === 'more') break;
      if (line === 'too_long') steps.push(...this.close('input_buffer_full'));
      else steps.push(...this.#line(line));
    }
    if (this.#lines.overfull) steps.push(...this.close('input_buffer_full'));
    return steps;
  }

  #line(line: Uint8Array): readonly ClientStep[] {
    if (this.#state !== 'command') return this.#response(takeText(line));
    const space = line.indexOf(SPACE);
    const verb = latin1(space < 0 ? line : line.subarray(0, space)).toUpperCase();
    const argument = space < 0 ? new Uint8Array() : line.slice(space + 1);
    line.fill(0); // it may be a password
    // RFC 1939 section 3: printable characters. A NUL or a bare CR could be the end of a command to a backend.
    if (argument.includes(0) || argument.includes(0x0d)) return this.#bad('-ERR Invalid characters.');
    return this.#command(verb, argument);
  }

  #response(text: string): readonly ClientStep[] {
    if (this.#state === 'sasl') return this.#sasl(this.#collector.respond(text));
    this.#state = 'attempt';
    const read = readResponse(text);
    // What is no base64 ends the exchange as `*` does: the backend must hear of it, and says so.
    return [{ step: 'response', response: typeof read === 'string' ? null : read.response }];
  }

  #command(verb: string, argument: Uint8Array): readonly ClientStep[] {
    switch (verb) {
      case 'CAPA':
        return [send('+OK', ...this.#capabilities(), '.')];
      case 'STLS':
        return this.#stls(argument);
      case 'USER':
        return this.#userCommand(argument);
      case 'PASS':
        return this.#pass(argument);
      case 'APOP':
        return this.#apop(latin1(argument));
      case 'AUTH':
        return this.#auth(latin1(argument));
      case 'XCLIENT':
      case 'XOIP':
        return this.#xclient(verb, latin1(argument));
      case 'QUIT':
        return [send('+OK Logging out'), ...this.close('logged_out')];
      default:
        return this.#bad('-ERR Unknown command.');
    }
  }

  /** RFC 2449 section 5, in Dovecot's order. */
  #capabilities(): string[] {
    const lines = [...this.#settings.keywords.filter(isPassedOn), 'RESP-CODES'];
    if (this.#offersTls) lines.push('STLS');
    if (this.#takesPasswords) lines.push('USER');
    if (this.#mechanisms.length > 0) lines.push(['SASL', ...this.#mechanisms].join(' '));
    return lines;
  }

  /** RFC 2595 section 4. */
  #stls(argument: Uint8Array): readonly ClientStep[] {
    if (argument.length > 0) return this.#bad('-ERR Invalid parameters.');
    if (this.#secured) return this.#bad('-ERR TLS is already active.');
    if (!this.#settings.starttls) return this.#bad("-ERR TLS support isn't enabled.");
    this.#state = 'tls_asked';
    this.#lines.discard();
    this.#user = null;
    this.#userRefused = false;
    return [{ step: 'start_tls' }];
  }

  #userCommand(name: Uint8Array): readonly ClientStep[] {
    this.#user = null;
    this.#userRefused = false;
    if (!isName(name)) return this.#bad(name.length === 0 ? '-ERR No username given.' : '-ERR Invalid parameters.');
    const refusal = this.#passwordRefusal();
    if (refusal !== null) {
      this.#userRefused = true;
      return this.#refuse('PLAIN', nameText(name), refusal);
    }
    this.#user = name;
    return [send('+OK')];
  }

  #pass(password: Uint8Array): readonly ClientStep[] {
    const refusal = this.#passwordRefusal();
    if (refusal !== null) {
      password.fill(0);
      if (!this.#userRefused) return this.#refuse('PLAIN', null, refusal);
      this.#userRefused = false;
      return [send(REFUSALS[refusal])];
    }
    const user = this.#user;
    this.#user = null;
    if (user === null) {
      password.fill(0);
      return this.#bad('-ERR No username given.');
    }
    const credentials = {
      kind: 'password',
      authorization: new Uint8Array(),
      user,
      password: new Secret(password),
    } as const;
    return this.#attempt({ mechanism: 'PLAIN', user: nameText(user), credentials, tag: '' });
  }

  #passwordRefusal(): 'cleartext_auth_disabled' | 'invalid_mech' | null {
    if (!this.#mayLogIn) return 'cleartext_auth_disabled';
    return this.#takesPasswords ? null : 'invalid_mech';
  }

  #apop(argument: string): readonly ClientStep[] {
    if (!isForApop(this.#settings.greeting)) return this.#bad('-ERR APOP not enabled.');
    const apop = readApop(argument);
    if (apop === null) return this.#bad('-ERR Invalid parameters.');
    const user = nameText(apop.user);
    if (!this.#mayLogIn) return this.#refuse('APOP', user, 'cleartext_auth_disabled');
    return this.#attempt({ mechanism: 'APOP', user, credentials: apop, tag: '' });
  }

  /** RFC 5034 section 4. Alone it lists the mechanisms, as older clients ask for them. */
  #auth(argument: string): readonly ClientStep[] {
    if (argument === '') return [send('+OK', ...this.#mechanisms, '.')];
    const space = argument.indexOf(' ');
    const name = space < 0 ? argument : argument.slice(0, space);
    if (!this.#mayLogIn) return this.#refuse(findMechanism(name), null, 'cleartext_auth_disabled');
    const initial = space < 0 ? '' : argument.slice(space + 1);
    return this.#sasl(this.#collector.start(name, initial === '' ? null : initial));
  }

  #sasl(step: SaslStep): readonly ClientStep[] {
    switch (step.step) {
      case 'ask':
        this.#state = 'sasl';
        return [send(`+ ${encodeBase64(step.challenge)}`)];
      case 'rejected':
        this.#state = 'command';
        return this.#refuse(step.mechanism, step.user, step.reason);
      case 'collected':
        return this.#attempt({ mechanism: step.mechanism, user: step.user, credentials: step.credentials, tag: '' });
    }
  }

  /** As Dovecot's: `XCLIENT NAME=value …`, and `XOIP address` before there was that. */
  #xclient(verb: 'XCLIENT' | 'XOIP', argument: string): readonly ClientStep[] {
    if (!this.#settings.trusted) return [send('+OK You are not from trusted IP - ignoring')];
    const parameters = verb === 'XOIP' ? [`ADDR=${argument}`] : argument.split(' ');
    const identity = readClaim(parameters);
    return identity === null
      ? this.#bad('-ERR Invalid parameters')
      : [{ step: 'claim', identity }, send('+OK Updated')];
  }

  #attempt(attempt: Attempt): readonly ClientStep[] {
    this.#state = 'attempt';
    this.#user = null;
    return [{ step: 'attempt', attempt }];
  }

  #refuse(mechanism: string | null, user: string | null, reason: keyof typeof REFUSALS): readonly ClientStep[] {
    return [send(REFUSALS[reason]), { step: 'refused', mechanism, user, reason }, ...this.#countAttempt(reason)];
  }

  #countAttempt(reason: ReasonCode): readonly ClientStep[] {
    this.#attempts++;
    return this.#attempts < this.#settings.limits.maxAttempts ? [] : this.close(reason);
  }

  #bad(reply: string): readonly ClientStep[] {
    this.#badCommands++;
    const isOver = this.#badCommands >= this.#settings.limits.maxBadCommands;
    return [send(reply), ...(isOver ? this.close('too_many_bad_commands') : [])];
  }
}

/** A line that may hold a secret, as text; its bytes are overwritten. */
function takeText(line: Uint8Array): string {
  const text = latin1(line);
  line.fill(0);
  return text;
}
