import type { Attempt, AttemptOutcome } from '../attempt.js';
import type { ClientDialogue, ClientDialogueSettings, ClientStep, ReasonCode } from '../dialogue.js';
import { fromLatin1, LineBuffer, latin1 } from '../lines.js';
import { encodeBase64, isName, nameText, readResponse, SaslCollector, type SaslStep } from '../sasl/index.js';
import { Secret } from '../secret.js';
import { type Argument, astring, readArguments } from './arguments.js';
import { writeCapabilities } from './capabilities.js';
import { type Command, CommandReader } from './command.js';
import { readIdentification } from './identification.js';
import { goodbye, refusal, words } from './words.js';

/**
 * - `command`: between commands. `sasl`: AUTHENTICATE collects. `attempt`: the backend decides. `response`: it asked, and the client is to answer.
 * - `tls_asked`: STARTTLS came. `tls_begun`: the client was told to go ahead. `over`: logged in, or closed.
 */
type State = 'new' | 'command' | 'sasl' | 'attempt' | 'response' | 'tls_asked' | 'tls_begun' | 'over';

const EMPTY = new Uint8Array();

/**
 * IMAP before the login, the server's half (RFC 9051 sections 6.1 and 6.2, RFC 2971, RFC 4959, RFC 7888), in the words of Dovecot's login processes: clients know them,
 * and so do those who read logs.
 */
export class ImapClientDialogue implements ClientDialogue {
  readonly #settings: ClientDialogueSettings;
  readonly #lines: LineBuffer;
  readonly #commands: CommandReader;
  readonly #sasl: SaslCollector;
  #state: State = 'new';
  #secured: boolean;
  #tag = '';
  #identified = false;
  #badCommands = 0;
  #attempts = 0;
  #steps: ClientStep[] = [];

  constructor(settings: ClientDialogueSettings) {
    this.#settings = settings;
    this.#secured = settings.secured;
    this.#lines = new LineBuffer(settings.limits.maxLine);
    this.#commands = new CommandReader(this.#lines, settings.limits.maxLine, readArguments);
    this.#sasl = new SaslCollector(settings.mechanisms);
  }

  greet(): readonly ClientStep[] {
    if (this.#state !== 'new') return [];
    this.#state = 'command';
    this.#say(`* OK [CAPABILITY ${this.#capabilities()}] ${this.#settings.hostname} ready.`);
    return this.#goOn();
  }

  push(bytes: Uint8Array): readonly ClientStep[] {
    // Between STARTTLS and TLS nothing in clear counts.
    if (this.#state === 'tls_asked' || this.#state === 'tls_begun' || this.#state === 'over') return [];
    this.#lines.push(bytes);
    return this.#goOn();
  }

  startTls(): readonly ClientStep[] {
    if (this.#state !== 'tls_asked') return [];
    this.#state = 'tls_begun';
    this.#say(`${this.#tag} ${words.tlsBegins}`);
    return this.#taken();
  }

  refuseTls(): readonly ClientStep[] {
    if (this.#state !== 'tls_asked') return [];
    this.#state = 'command';
    this.#say(`${this.#tag} ${words.tlsNotNow}`);
    return this.#taken();
  }

  secured(): readonly ClientStep[] {
    if (this.#state !== 'tls_begun') return [];
    this.#state = 'command';
    this.#secured = true;
    this.#forget();
    this.#identified = false;
    this.#badCommands = 0;
    this.#attempts = 0;
    return [];
  }

  challenge(challenge: Uint8Array): readonly ClientStep[] {
    if (this.#state !== 'attempt') return [];
    this.#state = 'response';
    this.#say(`+ ${encodeBase64(challenge)}`);
    return this.#goOn();
  }

  finish(outcome: AttemptOutcome, reply: Uint8Array | null, message?: string): readonly ClientStep[] {
    if (this.#state !== 'attempt' && this.#state !== 'response') return [];
    if (reply !== null) this.#steps.push({ step: 'send', bytes: reply });
    else this.#say(`${this.#tag} ${refusal(outcome, message)}`);
    if (outcome === 'succeeded') {
      this.#state = 'over';
      return this.#taken();
    }
    this.#state = 'command';
    this.#countAttempt(outcome === 'failed' ? 'auth_failed' : 'temp_fail');
    return this.#goOn();
  }

  close(reason: ReasonCode): readonly ClientStep[] {
    this.#close(reason);
    return this.#taken();
  }

  rest(): Uint8Array {
    return this.#lines.rest();
  }

  /** Takes what it can of what has come. */
  #goOn(): readonly ClientStep[] {
    while (this.#next());
    if (this.#state !== 'over' && this.#lines.overfull) this.#close('input_buffer_full');
    return this.#taken();
  }

  /** @returns false: nothing more to be done until something comes */
  #next(): boolean {
    switch (this.#state) {
      case 'command':
        return this.#nextCommand();
      case 'sasl':
      case 'response':
        return this.#nextResponse();
      default:
        return false;
    }
  }

  #nextCommand(): boolean {
    const event = this.#commands.next();
    switch (event) {
      case 'more':
        return false;
      case 'invite':
        this.#say('+ OK');
        return true;
      case 'too_long':
        this.#close('input_buffer_full');
        return false;
      case 'literal_too_long':
        this.#close('input_buffer_full', 'Literal size too large');
        return false;
      default:
        this.#command(event);
        return true;
    }
  }

  #command(command: Command): void {
    this.#tag = command.tag ?? '*';
    const answer = this.#answerTo(command);
    if (answer !== null) this.#say(`${this.#tag} ${answer}`);
  }

  /** What is said to it with its tag; null where that comes later, or was said. */
  #answerTo({ tag, name, arguments: args }: Command): string | null {
    if (tag === null || args === null) return this.#bad();
    switch (name) {
      case 'CAPABILITY':
        this.#say(`* CAPABILITY ${this.#capabilities()}`);
        return words.capability;
      case 'NOOP':
        return words.noop;
      case 'LOGOUT':
        this.#say(`* BYE ${goodbye('logged_out')}`);
        this.#say(`${this.#tag} ${words.logout}`);
        this.#end('logged_out');
        return null;
      case 'ENABLE':
        // RFC 9051 section 6.3.1 has it for after the login; Dovecot answers so.
        this.#say('* ENABLED');
        return words.enable;
      case 'ID':
        return this.#id(args);
      case 'STARTTLS':
        return this.#startTls();
      case 'LOGIN':
        return this.#login(args);
      case 'AUTHENTICATE':
        return this.#authenticate(args);
      default:
        return this.#bad(tag.toUpperCase() === 'LOGIN' ? words.noTag : words.bad);
    }
  }

  /** Of several IDs the first counts, as Dovecot has it: what stands behind a proxy's is its client's. */
  #id(args: readonly Argument[]): string | null {
    const id = readIdentification(args);
    if (id === null) return this.#bad(words.badId);
    if (!this.#identified) {
      if (id.claim !== null && this.#settings.trusted) this.#steps.push({ step: 'claim', identity: id.claim });
      if (id.pairs.length > 0) this.#steps.push({ step: 'client_id', pairs: id.pairs });
    }
    this.#identified = true;
    this.#say('* ID NIL');
    return this.#settings.trusted ? words.trustedId : words.id;
  }

  /** RFC 9051 section 6.2.1. Whatever stands behind the command, a whole line or a part of one, is not the client's: somebody may have put it there. */
  #startTls(): string | null {
    if (this.#secured) return this.#bad(words.tlsThere);
    if (!this.#settings.starttls) return this.#bad(words.noTls);
    this.#forget();
    this.#state = 'tls_asked';
    this.#steps.push({ step: 'start_tls' });
    return null;
  }

  /** RFC 9051 section 6.2.3. */
  #login(args: readonly Argument[]): string | null {
    const [first, second, ...others] = args;
    const user = astring(first);
    const password = astring(second);
    if (user === null || password === null || others.length > 0) return this.#bad();
    const name = isName(user) ? nameText(user) : null;
    if (!this.#mayLogIn()) return this.#refuseCleartext('PLAIN', name);
    if (!this.#settings.mechanisms.includes('PLAIN')) return this.#refuse('PLAIN', name, 'invalid_mech');
    if (name === null) return this.#refuse('PLAIN', null, 'auth_failed');
    const credentials = { kind: 'password', authorization: EMPTY, user, password: new Secret(password) } as const;
    return this.#attempt({ mechanism: 'PLAIN', user: name, credentials, tag: this.#tag });
  }

  /** RFC 9051 section 6.2.2, the initial response of RFC 4959 included. */
  #authenticate(args: readonly Argument[]): string | null {
    const [mechanism, initial, ...others] = args;
    if (mechanism?.kind !== 'atom' || others.length > 0) return this.#bad();
    if (initial !== undefined && initial.kind !== 'atom') return this.#bad();
    if (!this.#mayLogIn()) {
      const name = mechanism.text.toUpperCase();
      return this.#refuseCleartext(this.#settings.mechanisms.includes(name) ? name : null, null);
    }
    return this.#collected(this.#sasl.start(mechanism.text, initial?.text ?? null), true);
  }

  #nextResponse(): boolean {
    const line = this.#lines.line();
    if (line === 'more') return false;
    if (line === 'too_long') {
      this.#close('input_buffer_full');
      return false;
    }
    const text = latin1(line);
    line.fill(0);
    if (this.#state === 'sasl') this.#collected(this.#sasl.respond(text), false);
    else {
      // The backend waits: what is no base64 gives the exchange up, for there is no going on from it.
      const read = readResponse(text);
      this.#state = 'attempt';
      this.#steps.push({ step: 'response', response: typeof read === 'string' ? null : read.response });
    }
    return true;
  }

  #collected(step: SaslStep, initial: boolean): null {
    switch (step.step) {
      case 'ask':
        this.#state = 'sasl';
        this.#say(`+ ${encodeBase64(step.challenge)}`);
        return null;
      case 'collected': {
        const { mechanism, user, credentials } = step;
        return this.#attempt({ mechanism, user, credentials, tag: this.#tag });
      }
      case 'rejected':
        this.#state = 'command';
        return this.#refuse(step.mechanism, step.user, step.reason, initial);
    }
  }

  #attempt(attempt: Attempt): null {
    this.#state = 'attempt';
    this.#steps.push({ step: 'attempt', attempt });
    return null;
  }

  #refuseCleartext(mechanism: string | null, user: string | null): null {
    this.#say(`* BAD ${words.cleartextAlert}`);
    return this.#refuse(mechanism, user, 'cleartext_auth_disabled');
  }

  #refuse(mechanism: string | null, user: string | null, reason: keyof typeof words.refused, initial = false): null {
    const refused = words.refused[reason];
    this.#say(`${this.#tag} ${reason === 'invalid_base64' && initial ? words.badInitial : refused}`);
    this.#steps.push({ step: 'refused', mechanism, user, reason });
    this.#countAttempt(reason);
    return null;
  }

  #countAttempt(reason: ReasonCode): void {
    this.#attempts++;
    if (this.#attempts >= this.#settings.limits.maxAttempts) this.#close(reason, words.tooManyAttempts);
  }

  #bad(text: string = words.bad): string | null {
    this.#badCommands++;
    if (this.#badCommands < this.#settings.limits.maxBadCommands) return text;
    this.#close('too_many_bad_commands');
    return null;
  }

  #mayLogIn(): boolean {
    return this.#secured || this.#settings.cleartext;
  }

  #capabilities(): string {
    const { keywords, starttls, trusted, mechanisms } = this.#settings;
    return writeCapabilities({
      keywords,
      starttls: starttls && !this.#secured,
      id: trusted,
      mechanisms: this.#mayLogIn() ? mechanisms : null,
    });
  }

  #say(line: string): void {
    this.#steps.push({ step: 'send', bytes: fromLatin1(`${line}\r\n`) });
  }

  #close(reason: ReasonCode, text: string = goodbye(reason)): void {
    if (this.#state === 'over') return;
    // Between the go-ahead and TLS the client would take it for a broken handshake.
    if (this.#state !== 'tls_begun') this.#say(`* BYE ${text}`);
    this.#end(reason);
  }

  #end(reason: ReasonCode): void {
    this.#state = 'over';
    this.#forget();
    this.#steps.push({ step: 'close', reason });
  }

  #forget(): void {
    this.#lines.discard();
    this.#commands.reset();
  }

  #taken(): readonly ClientStep[] {
    const steps = this.#steps;
    this.#steps = [];
    return steps;
  }
}
