import type { Attempt, AttemptOutcome } from '../attempt.js';
import type { ClientDialogue, ClientDialogueSettings, ClientStep, ReasonCode } from '../dialogue.js';
import { latin1 } from '../lines.js';
import { encodeBase64, findMechanism, readResponse, SaslCollector, type SaslStep } from '../sasl/index.js';
import { readClaim } from '../xclient/index.js';
import { shownLines } from './capabilities.js';
import { attemptEnd, goodbye, oneLine, REFUSALS } from './replies.js';
import { type SentenceRead, SentenceReader, type Token } from './sentence.js';
import { quoted, send, spellString } from './spelling.js';

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

/** What a response that is no string comes to. */
const NO_BASE64 = '?';
const WRONG = 'NO "Error in MANAGESIEVE command received by server."';

/** The server's half of a ManageSieve login: RFC 5804 section 2, in Pigeonhole's words. */
export class SieveClientDialogue implements ClientDialogue {
  readonly #settings: ClientDialogueSettings;
  readonly #reader: SentenceReader;
  readonly #collector: SaslCollector;
  readonly #shown: readonly string[];
  #state: State = 'command';
  #secured: boolean;
  #badCommands = 0;
  #attempts = 0;

  constructor(settings: ClientDialogueSettings) {
    this.#settings = settings;
    this.#secured = settings.secured;
    this.#reader = new SentenceReader(settings.limits.maxLine);
    this.#collector = new SaslCollector(settings.mechanisms);
    this.#shown = shownLines(settings.keywords);
  }

  /** RFC 5804 section 1.5: the greeting is the answer to a CAPABILITY nobody has asked. */
  greet(): readonly ClientStep[] {
    return [send(...this.#capabilities(), `OK ${quoted(oneLine(`${this.#settings.hostname} ready.`))}`)];
  }

  push(bytes: Uint8Array): readonly ClientStep[] {
    if (this.#state === 'tls_asked' || this.#state === 'tls_begins' || this.#state === 'ended') return [];
    this.#reader.push(bytes);
    return this.#read();
  }

  startTls(): readonly ClientStep[] {
    if (this.#state !== 'tls_asked') return [];
    this.#state = 'tls_begins';
    return [send('OK "Begin TLS negotiation now."')];
  }

  refuseTls(): readonly ClientStep[] {
    if (this.#state !== 'tls_asked') return [];
    this.#state = 'command';
    return [send('NO (TRYLATER) "TLS is not available now."')];
  }

  /** RFC 5804 section 2.2: the capabilities are sent again, unasked. */
  secured(): readonly ClientStep[] {
    if (this.#state !== 'tls_begins') return [];
    this.#state = 'command';
    this.#secured = true;
    return [send(...this.#capabilities(), 'OK "TLS negotiation successful."')];
  }

  challenge(challenge: Uint8Array): readonly ClientStep[] {
    if (this.#state !== 'attempt') return [];
    this.#state = 'exchange';
    return [this.#ask(challenge), ...this.#read()];
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
    const silent = this.#state === 'tls_begins' || reason === 'logged_out';
    this.#state = 'ended';
    this.#reader.discard();
    return [...(silent ? [] : [send(goodbye(reason))]), { step: 'close', reason }];
  }

  rest(): Uint8Array {
    return this.#reader.rest();
  }

  get #mayLogIn(): boolean {
    return this.#secured || this.#settings.cleartext;
  }

  get #offersTls(): boolean {
    return this.#settings.starttls && !this.#secured;
  }

  #capabilities(): readonly string[] {
    const mechanisms = this.#mayLogIn ? this.#settings.mechanisms.join(' ') : '';
    const lines = [...this.#shown, `"SASL" ${quoted(mechanisms)}`];
    if (this.#offersTls) lines.push('"STARTTLS"');
    if (this.#settings.trusted) lines.push('"XCLIENT"');
    return lines;
  }

  #read(): ClientStep[] {
    const steps: ClientStep[] = [];
    while (this.#state === 'command' || this.#state === 'sasl' || this.#state === 'exchange') {
      const read = this.#reader.next();
      if (read === 'more') break;
      if (read === 'too_long') steps.push(...this.close('input_buffer_full'));
      else steps.push(...this.#sentence(read));
    }
    if (this.#reader.overfull) steps.push(...this.close('input_buffer_full'));
    return steps;
  }

  #sentence(read: Exclude<SentenceRead, 'more' | 'too_long'>): readonly ClientStep[] {
    if (this.#state === 'command') return read === 'malformed' ? this.#bad() : this.#command(read.tokens);
    const response = read === 'malformed' ? null : onlyString(read.tokens);
    if (this.#state === 'sasl') return this.#sasl(this.#collector.respond(response ?? NO_BASE64));
    this.#state = 'attempt';
    const answer = readResponse(response ?? NO_BASE64);
    // What is no base64 ends the exchange as `"*"` does: the backend must hear of it, and says so.
    return [{ step: 'response', response: typeof answer === 'string' ? null : answer.response }];
  }

  #command([verb, ...args]: readonly Token[]): readonly ClientStep[] {
    switch (verb?.kind === 'atom' ? verb.text.toUpperCase() : null) {
      case 'CAPABILITY':
        return args.length > 0 ? this.#bad() : [send(...this.#capabilities(), 'OK "Capability completed."')];
      case 'STARTTLS':
        return this.#starttls(args);
      case 'AUTHENTICATE':
        return this.#authenticate(args);
      case 'XCLIENT':
        return this.#xclient(args);
      case 'NOOP':
        return this.#noop(args);
      case 'LOGOUT':
        if (args.length > 0) return this.#bad();
        return [send('OK "Logout completed."'), ...this.close('logged_out')];
      default:
        return this.#bad();
    }
  }

  /** RFC 5804 section 2.2. */
  #starttls(args: readonly Token[]): readonly ClientStep[] {
    if (args.length > 0) return this.#bad();
    if (this.#secured) return this.#bad('NO "TLS is already active."');
    if (!this.#settings.starttls) return this.#bad('NO "TLS support isn\'t enabled."');
    this.#state = 'tls_asked';
    this.#reader.discard();
    return [{ step: 'start_tls' }];
  }

  /** RFC 5804 section 2.1: a mechanism, and maybe an initial response, both strings. */
  #authenticate([mechanism, initial, ...more]: readonly Token[]): readonly ClientStep[] {
    if (mechanism?.kind !== 'string' || more.length > 0) return this.#bad();
    if (initial !== undefined && initial.kind !== 'string') return this.#bad();
    const name = latin1(mechanism.bytes);
    if (!this.#mayLogIn) return this.#refuse(findMechanism(name), null, 'cleartext_auth_disabled');
    return this.#sasl(this.#collector.start(name, initial === undefined ? null : latin1(initial.bytes)));
  }

  #sasl(step: SaslStep): readonly ClientStep[] {
    switch (step.step) {
      case 'ask':
        this.#state = 'sasl';
        return [this.#ask(step.challenge)];
      case 'rejected':
        this.#state = 'command';
        return this.#refuse(step.mechanism, step.user, step.reason);
      case 'collected':
        return this.#attempt({ mechanism: step.mechanism, user: step.user, credentials: step.credentials, tag: '' });
    }
  }

  /** As Pigeonhole's: `XCLIENT NAME=value …`. */
  #xclient(args: readonly Token[]): readonly ClientStep[] {
    if (!this.#settings.trusted) return [send('NO "You are not from trusted IP"')];
    const parameters = args.map((arg) => (arg.kind === 'atom' ? arg.text : null)).filter((arg) => arg !== null);
    const identity = parameters.length < args.length ? null : readClaim(parameters);
    return identity === null ? this.#bad() : [{ step: 'claim', identity }, send('OK "Updated"')];
  }

  /** RFC 5804 section 2.13: its string comes back. */
  #noop(args: readonly Token[]): readonly ClientStep[] {
    if (args.length === 0) return [send('OK "NOOP Completed"')];
    const [tag] = args;
    if (args.length > 1 || tag?.kind !== 'string') return this.#bad();
    return [send(`OK (TAG ${spellString(tag.bytes, 'server')}) "Done"`)];
  }

  #ask(challenge: Uint8Array): ClientStep {
    return send(spellString(Buffer.from(encodeBase64(challenge)), 'server'));
  }

  #attempt(attempt: Attempt): readonly ClientStep[] {
    this.#state = 'attempt';
    return [{ step: 'attempt', attempt }];
  }

  #refuse(mechanism: string | null, user: string | null, reason: keyof typeof REFUSALS): readonly ClientStep[] {
    return [send(REFUSALS[reason]), { step: 'refused', mechanism, user, reason }, ...this.#countAttempt(reason)];
  }

  #countAttempt(reason: ReasonCode): readonly ClientStep[] {
    this.#attempts++;
    return this.#attempts < this.#settings.limits.maxAttempts ? [] : this.close(reason);
  }

  #bad(reply: string = WRONG): readonly ClientStep[] {
    this.#badCommands++;
    const isOver = this.#badCommands >= this.#settings.limits.maxBadCommands;
    return [send(reply), ...(isOver ? this.close('too_many_bad_commands') : [])];
  }
}

/** A SASL response is a string and nothing else. */
function onlyString(tokens: readonly Token[]): string | null {
  const [token] = tokens;
  return tokens.length === 1 && token?.kind === 'string' ? latin1(token.bytes) : null;
}
