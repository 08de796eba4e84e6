import type { Attempt, AttemptOutcome } from '../attempt.js';
import type { ClientDialogue, ClientDialogueSettings, ClientStep, ReasonCode } from '../dialogue.js';
import { fromLatin1, LineBuffer, latin1 } from '../lines.js';
import { encodeBase64, findMechanism, readResponse, SaslCollector, type SaslStep } from '../sasl/index.js';
import { CLAIMED_NAMES, ClaimedByXclient } from './claim.js';
import { type Command, isHeloName, parseCommand } from './command.js';
import { attemptEnd, goodbye, line } from './goodbye.js';
import { isPassedOn } from './keywords.js';

/**
 * - `command`: the client may say something.
 * - `starting_tls`: it asked for TLS; what comes in clear is thrown away.
 * - `collecting`: it answers a challenge of ours.
 * - `waiting`: it logs in, or has begun with its mail, and waits; what it sends ahead is kept.
 * - `challenged`: it answers a challenge of the backend.
 * - `closed`: nothing is read or said any more.
 */
type State = 'command' | 'starting_tls' | 'collecting' | 'waiting' | 'challenged' | 'closed';

/** Mail commands, which the backend is to have, but not before the login: RFC 5321, RFC 3030, RFC 4468, RFC 1985. */
const MAIL_COMMANDS: ReadonlySet<string> = new Set(['MAIL', 'RCPT', 'DATA', 'BDAT', 'BURL', 'VRFY', 'EXPN', 'ETRN']);

/** Of HTTP: a browser that was sent here by somebody's page, who may have put a login into the body. */
const NOT_SMTP: ReadonlySet<string> = new Set(['GET', 'POST', 'PUT', 'HEAD', 'CONNECT', 'OPTIONS']);

/** What a submission server (RFC 6409) says to its client up to the end of AUTH (RFC 4954). */
export class SmtpClientDialogue implements ClientDialogue {
  readonly #settings: ClientDialogueSettings;
  readonly #loginOptional: boolean;
  readonly #lines: LineBuffer;
  readonly #sasl: SaslCollector;
  readonly #claimed = new ClaimedByXclient();
  #state: State = 'command';
  #secured: boolean;
  /** What the client greeted with since it was last to do so. */
  #greeted: 'EHLO' | 'HELO' | null = null;
  /** The command the client has begun its mail with, for the backend. */
  #mail: Uint8Array | null = null;
  #badCommands = 0;
  #attempts = 0;
  #steps: ClientStep[] = [];

  constructor(settings: ClientDialogueSettings, loginOptional: boolean) {
    this.#settings = settings;
    this.#loginOptional = loginOptional;
    this.#secured = settings.secured;
    this.#lines = new LineBuffer(settings.limits.maxLine);
    this.#sasl = new SaslCollector(settings.mechanisms);
  }

  greet(): readonly ClientStep[] {
    this.#say(`220 ${this.#settings.hostname} ESMTP ready`);
    return this.#take();
  }

  push(bytes: Uint8Array): readonly ClientStep[] {
    if (this.#state === 'starting_tls' || this.#state === 'closed') return [];
    this.#lines.push(bytes);
    return this.#read();
  }

  startTls(): readonly ClientStep[] {
    this.#say('220 2.0.0 Ready to start TLS');
    return this.#take();
  }

  refuseTls(): readonly ClientStep[] {
    // RFC 3207 section 4.
    this.#say('454 4.7.0 TLS not available due to temporary reason');
    this.#state = 'command';
    return this.#take();
  }

  secured(): readonly ClientStep[] {
    // RFC 3207 section 4.2: the client begins with EHLO again, and nothing it said in clear counts.
    this.#lines.discard();
    this.#secured = true;
    this.#greeted = null;
    this.#state = 'command';
    return [];
  }

  challenge(challenge: Uint8Array): readonly ClientStep[] {
    this.#say(`334 ${encodeBase64(challenge)}`);
    this.#state = 'challenged';
    return this.#read();
  }

  finish(outcome: AttemptOutcome, reply: Uint8Array | null, message?: string): readonly ClientStep[] {
    if (this.#state === 'closed') return [];
    if (outcome === 'succeeded') {
      if (this.#mail === null) this.#send(reply ?? attemptEnd(outcome, message));
      this.#state = 'closed';
      return this.#take();
    }
    if (this.#mail !== null) {
      this.#mail = null;
      this.#say('451 4.3.2 Temporary failure, try again later');
      return this.#goOn();
    }
    this.#send(reply ?? attemptEnd(outcome, message));
    // RFC 5321 section 3.8: whoever hears 421 expects the connection to end.
    if (reply !== null && latin1(reply).startsWith('421')) this.#close('temp_fail', false);
    else if (outcome === 'failed') this.#countAttempt('auth_failed');
    return this.#goOn();
  }

  close(reason: ReasonCode): readonly ClientStep[] {
    if (this.#state !== 'closed') this.#close(reason);
    return this.#take();
  }

  rest(): Uint8Array {
    const rest = this.#lines.rest();
    return this.#mail === null ? rest : new Uint8Array(Buffer.concat([this.#mail, rest]));
  }

  /** The attempt is over, and the client may speak. What it said meanwhile is heard now. */
  #goOn(): readonly ClientStep[] {
    if (this.#state !== 'closed') this.#state = 'command';
    return this.#read();
  }

  #read(): readonly ClientStep[] {
    while (this.#state === 'command' || this.#state === 'collecting' || this.#state === 'challenged') {
      const next = this.#lines.line();
      if (next === 'more') break;
      if (next === 'too_long') this.#close('input_buffer_full');
      else this.#line(next);
    }
    if (this.#state === 'waiting' && this.#lines.overfull) this.#close('input_buffer_full');
    return this.#take();
  }

  #line(bytes: Uint8Array): void {
    if (this.#state === 'collecting') {
      this.#saslStep(this.#sasl.respond(latin1(bytes)));
    } else if (this.#state === 'challenged') {
      const read = readResponse(latin1(bytes));
      // What is no base64 ends the exchange as `*` does: the backend says so, and the client hears it from there.
      this.#steps.push({ step: 'response', response: typeof read === 'string' ? null : read.response });
      this.#state = 'waiting';
    } else {
      const command = parseCommand(bytes);
      if (command === null) this.#bad('500 5.5.2 Syntax error');
      else this.#command(command, bytes);
    }
    bytes.fill(0);
  }

  #command({ verb, argument }: Command, bytes: Uint8Array): void {
    switch (verb) {
      case 'EHLO':
      case 'HELO':
        this.#hello(verb, argument);
        break;
      case 'STARTTLS':
        this.#startTls(argument);
        break;
      case 'AUTH':
        this.#auth(argument);
        break;
      case 'XCLIENT':
        this.#xclient(argument);
        break;
      case 'NOOP':
        this.#say('250 2.0.0 OK');
        break;
      case 'RSET':
        this.#say('250 2.0.0 OK');
        break;
      case 'HELP':
        this.#say('214 2.0.0 See RFC 5321 and RFC 4954');
        break;
      case 'QUIT':
        this.#say('221 2.0.0 Bye');
        this.#close('logged_out', false);
        break;
      default:
        if (MAIL_COMMANDS.has(verb)) this.#mailCommand(verb, bytes);
        else if (NOT_SMTP.has(verb)) this.#close('too_many_bad_commands');
        else this.#bad('500 5.5.1 Unknown command');
    }
  }

  /** RFC 5321 section 4.1.1.1. */
  #hello(verb: 'EHLO' | 'HELO', argument: string): void {
    if (argument === '') {
      this.#bad(`501 5.5.4 ${verb} needs a name`);
      return;
    }
    this.#greeted = verb;
    if (isHeloName(argument)) this.#steps.push({ step: 'helo', name: argument });
    const { hostname } = this.#settings;
    const lines = verb === 'EHLO' ? [hostname, ...this.#capabilities()] : [hostname];
    const last = lines.length - 1;
    for (const [i, text] of lines.entries()) this.#say(`250${i === last ? ' ' : '-'}${text}`);
  }

  #capabilities(): string[] {
    const { keywords, mechanisms, cleartext, trusted } = this.#settings;
    const lines = keywords.filter(isPassedOn);
    if (this.#mayStartTls()) lines.push('STARTTLS');
    if (mechanisms.length > 0 && (this.#secured || cleartext)) lines.push(`AUTH ${mechanisms.join(' ')}`);
    if (trusted) lines.push(`XCLIENT ${CLAIMED_NAMES}`);
    return lines;
  }

  #mayStartTls(): boolean {
    return this.#settings.starttls && !this.#secured;
  }

  /** RFC 3207 section 4. */
  #startTls(argument: string): void {
    if (!this.#mayStartTls()) {
      this.#bad('503 5.5.1 STARTTLS is not offered');
    } else if (argument !== '') {
      this.#bad('501 5.5.4 STARTTLS has no parameters');
    } else {
      // Not only whole lines: the beginning of one would be joined to what comes inside TLS.
      this.#lines.discard();
      this.#state = 'starting_tls';
      this.#steps.push({ step: 'start_tls' });
    }
  }

  /** RFC 4954 section 4. */
  #auth(argument: string): void {
    const [name = '', initial = null, ...more] = argument.split(/ +/);
    const { mechanisms, cleartext } = this.#settings;
    if (mechanisms.length === 0 && this.#mayStartTls()) {
      this.#bad('530 5.7.0 Must issue a STARTTLS command first');
    } else if (mechanisms.length === 0) {
      this.#bad('503 5.5.1 Authentication is not offered');
    } else if (this.#greeted !== 'EHLO') {
      this.#bad('503 5.5.1 Say EHLO first');
    } else if (name === '' || more.length > 0) {
      this.#bad('501 5.5.4 AUTH needs a mechanism, and an initial response at most');
    } else if (!this.#secured && !cleartext) {
      // RFC 5248's code for it, and Dovecot's words.
      this.#say('523 5.7.10 Cleartext authentication disallowed on non-secure (SSL/TLS) connections.');
      this.#refused(findMechanism(name), null, 'cleartext_auth_disabled');
    } else {
      this.#saslStep(this.#sasl.start(name, initial));
    }
  }

  #saslStep(step: SaslStep): void {
    switch (step.step) {
      case 'ask':
        this.#say(`334 ${encodeBase64(step.challenge)}`);
        this.#state = 'collecting';
        break;
      case 'collected': {
        const { mechanism, user, credentials } = step;
        const attempt: Attempt = { mechanism, user, credentials, tag: '' };
        this.#steps.push({ step: 'attempt', attempt });
        this.#state = 'waiting';
        break;
      }
      case 'rejected':
        this.#state = 'command';
        this.#say(REJECTIONS[step.reason]);
        this.#refused(step.mechanism, step.user, step.reason);
    }
  }

  #xclient(argument: string): void {
    if (!this.#settings.trusted) {
      this.#bad('550 5.7.14 You are not from trusted IP.');
    } else if (!this.#claimed.add(argument)) {
      this.#bad('501 5.5.4 Bad XCLIENT parameters');
    } else {
      this.#steps.push({ step: 'claim', identity: this.#claimed.identity });
      // XCLIENT_README: the session begins anew.
      this.#greeted = null;
      this.#say(`220 ${this.#settings.hostname} ESMTP ready`);
    }
  }

  #mailCommand(verb: string, bytes: Uint8Array): void {
    if (!this.#loginOptional) {
      this.#bad(
        this.#mayStartTls() && !this.#settings.cleartext
          ? '530 5.7.0 Must issue a STARTTLS command first'
          : '530 5.7.0 Authentication required',
      );
    } else if (verb !== 'MAIL') {
      this.#bad(verb === 'VRFY' || verb === 'EXPN' ? '502 5.5.1 Not available' : '503 5.5.1 MAIL comes first');
    } else if (this.#greeted === null) {
      this.#bad('503 5.5.1 Say EHLO first');
    } else {
      this.#mail = fromLatin1(`${latin1(bytes)}\r\n`);
      this.#steps.push({ step: 'proceed' });
      this.#state = 'waiting';
    }
    // RFC 3030 section 2: the message follows at once, whatever we say, and is not to be taken for commands.
    if (verb === 'BDAT') this.#close('too_many_bad_commands');
  }

  #refused(mechanism: string | null, user: string | null, reason: ReasonCode): void {
    this.#steps.push({ step: 'refused', mechanism, user, reason });
    this.#countAttempt(reason);
  }

  #countAttempt(reason: ReasonCode): void {
    this.#attempts++;
    if (this.#attempts >= this.#settings.limits.maxAttempts) this.#close(reason);
  }

  #bad(text: string): void {
    this.#say(text);
    this.#badCommands++;
    if (this.#badCommands >= this.#settings.limits.maxBadCommands) this.#close('too_many_bad_commands');
  }

  #close(reason: ReasonCode, withGoodbye = true): void {
    if (this.#state === 'closed') return;
    if (withGoodbye) this.#send(goodbye(this.#settings.hostname, reason));
    this.#lines.discard();
    this.#state = 'closed';
    this.#steps.push({ step: 'close', reason });
  }

  #say(text: string): void {
    this.#send(line(text));
  }

  #send(bytes: Uint8Array): void {
    this.#steps.push({ step: 'send', bytes });
  }

  #take(): readonly ClientStep[] {
    const steps = this.#steps;
    this.#steps = [];
    return steps;
  }
}

/** RFC 4954 sections 4 and 6. */
const REJECTIONS: Readonly<Record<Extract<SaslStep, { step: 'rejected' }>['reason'], string>> = {
  invalid_mech: '504 5.5.4 Unsupported authentication mechanism',
  invalid_base64: '501 5.5.2 Invalid base64 data',
  auth_aborted_by_client: '501 5.7.0 Authentication aborted by client',
  auth_failed: '501 5.5.2 Malformed authentication data',
};
