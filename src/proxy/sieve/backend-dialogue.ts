import type { Attempt, AttemptOutcome } from '../attempt.js';
import type { BackendDialogue, BackendDialogueSettings, BackendStep, ReasonCode } from '../dialogue.js';
import { fromLatin1, latin1 } from '../lines.js';
import { decodeBase64, encodeBase64, spellPassword } from '../sasl/index.js';
import type { Secret } from '../secret.js';
import { spellXclient } from '../xclient/index.js';
import { type Capability, isPassedOn, readCapability, spellCapability } from './capabilities.js';
import { MAX_CAPABILITIES, MAX_CAPABILITY_OCTETS, MAX_RESPONSE } from './limits.js';
import { attemptEnd, oneLine } from './replies.js';
import { type Response, readResponse } from './response.js';
import { type Sentence, SentenceReader } from './sentence.js';
import { send, spellString } from './spelling.js';

type State =
  | 'greeting'
  | 'starttls'
  /** TLS begins: nothing may come in clear. */
  | 'tls'
  /** The capabilities that a server sends once TLS is there. */
  | 'capabilities'
  | 'xclient'
  | 'ready'
  /** What decides is sent: AUTHENTICATE, or a response. */
  | 'answer'
  /** The client owes an answer to the backend's challenge. */
  | 'exchange'
  | 'ended';

/** RFC 5804 section 1.3: not for the credentials. */
const UNAVAILABLE: ReadonlySet<string | null> = new Set(['TRYLATER', 'ENCRYPT-NEEDED']);

/** The client's half of a ManageSieve login, and XCLIENT as Pigeonhole's proxies send it. */
export class SieveBackendDialogue implements BackendDialogue {
  readonly #settings: BackendDialogueSettings;
  readonly #reader = new SentenceReader(MAX_RESPONSE);
  #state: State = 'greeting';
  #greeting = '';
  #capabilities: Capability[] = [];
  #capabilityOctets = 0;
  #mechanisms: readonly string[] = [];
  #tookIdentity = false;
  /** What answers the next challenges of a password login. Overwritten once sent. */
  #responses: Secret[] = [];
  /** Challenges are the client's to answer. */
  #handsOn = false;

  constructor(settings: BackendDialogueSettings) {
    this.#settings = settings;
  }

  push(bytes: Uint8Array): readonly BackendStep[] {
    if (this.#state === 'ended') return [];
    if (this.#state === 'tls') return this.#break('proxy_dest_protocol_failure', 'bytes in clear behind STARTTLS');
    this.#reader.push(bytes);
    const steps: BackendStep[] = [];
    // TLS takes over in the middle of a piece, and success leaves the rest to the client.
    while (!this.#isOver()) {
      const read = this.#reader.next();
      if (read === 'more') break;
      if (typeof read === 'string')
        steps.push(...this.#break('proxy_dest_protocol_failure', `a response that is ${SAID[read]}`));
      else steps.push(...this.#sentence(read));
    }
    return steps;
  }

  secured(): readonly BackendStep[] {
    if (this.#state === 'tls') this.#expectCapabilities();
    return [];
  }

  begin(attempt: Attempt): readonly BackendStep[] {
    if (this.#state !== 'ready') return [];
    const { credentials } = attempt;
    this.#handsOn = credentials.kind === 'sasl';
    if (credentials.kind === 'sasl')
      return this.#authenticate(attempt.mechanism, credentials.initial?.reveal() ?? null);
    const spelling = credentials.kind === 'password' ? spellPassword(credentials, this.#mechanisms) : null;
    if (spelling === null) {
      const reply = fromLatin1(`${attemptEnd('unavailable')}\r\n`);
      return [this.#decide('unavailable', reply, 'the backend takes no such login')];
    }
    this.#responses = [...spelling.responses];
    const steps = this.#authenticate(spelling.mechanism, spelling.initial?.reveal() ?? null);
    spelling.initial?.wipe();
    return steps;
  }

  respond(response: Uint8Array | null): readonly BackendStep[] {
    if (this.#state !== 'exchange') return [];
    this.#state = 'answer';
    return [response === null ? send('"*"') : send(base64String(response))];
  }

  quit(): readonly BackendStep[] {
    if (this.#state === 'ended') return [];
    this.#state = 'ended';
    return [send('LOGOUT')];
  }

  rest(): Uint8Array {
    return this.#reader.rest();
  }

  #isOver(): boolean {
    return this.#state === 'ended' || this.#state === 'tls';
  }

  #sentence(sentence: Sentence): readonly BackendStep[] {
    const response = readResponse(sentence);
    if (response !== null) return this.#response(response, sentence);
    if (this.#state === 'greeting' || this.#state === 'capabilities') return this.#capability(sentence);
    if (this.#state === 'answer') return this.#challenge(sentence);
    return this.#break('proxy_dest_protocol_failure', `no response of ManageSieve: ${oneLine(latin1(sentence.raw))}`);
  }

  #response(response: Response, sentence: Sentence): readonly BackendStep[] {
    const { status, text } = response;
    // RFC 5804 section 1.3: the connection is over; whether that is for the login is not said.
    if (status === 'BYE') return this.#break('proxy_dest_remote_failure', text);
    switch (this.#state) {
      case 'greeting':
        if (status === 'NO') return this.#break('proxy_dest_remote_failure', text);
        this.#greeting = text;
        return this.#settings.tls === 'starttls' ? this.#starttls() : this.#introduce();
      case 'starttls':
        if (status === 'NO') return this.#break('proxy_dest_remote_failure', `STARTTLS refused: ${text}`);
        if (this.#reader.held > 0) return this.#break('proxy_dest_protocol_failure', 'bytes in clear behind STARTTLS');
        this.#state = 'tls';
        return [{ step: 'start_tls' }];
      case 'capabilities':
        return status === 'NO' ? this.#break('proxy_dest_remote_failure', text) : this.#introduce();
      case 'xclient':
        this.#tookIdentity = status === 'OK';
        return this.#ready();
      case 'exchange':
        if (status === 'OK')
          return this.#break('proxy_dest_protocol_failure', 'success before the client has answered');
        return this.#answer(response, sentence);
      case 'answer':
        return this.#answer(response, sentence);
      default:
        return this.#break('proxy_dest_protocol_failure', `a response to nothing: ${text}`);
    }
  }

  #expectCapabilities(): void {
    this.#state = 'capabilities';
    this.#capabilities = [];
    this.#capabilityOctets = 0;
  }

  #capability(sentence: Sentence): readonly BackendStep[] {
    const capability = readCapability(sentence);
    if (capability === null) return this.#break('proxy_dest_protocol_failure', 'no capability of ManageSieve');
    this.#capabilityOctets += sentence.raw.length;
    if (this.#capabilities.length >= MAX_CAPABILITIES || this.#capabilityOctets > MAX_CAPABILITY_OCTETS) {
      return this.#break('proxy_dest_protocol_failure', 'capabilities without end');
    }
    this.#capabilities.push(capability);
    return [];
  }

  #offers(name: string): boolean {
    return this.#capabilities.some((capability) => capability.name === name);
  }

  #starttls(): readonly BackendStep[] {
    if (!this.#offers('STARTTLS')) return this.#break('proxy_dest_remote_failure', 'STARTTLS is not offered');
    this.#state = 'starttls';
    return [send('STARTTLS')];
  }

  #introduce(): readonly BackendStep[] {
    if (this.#settings.identity === null || !this.#offers('XCLIENT')) return this.#ready();
    this.#state = 'xclient';
    return [send(spellXclient(this.#settings.identity))];
  }

  #ready(): readonly BackendStep[] {
    this.#state = 'ready';
    const sasl = this.#capabilities.filter(({ name }) => name === 'SASL').map(({ value }) => value ?? '');
    const names = sasl.join(' ').toUpperCase().split(' ');
    this.#mechanisms = [...new Set(names.filter((name) => name !== ''))];
    const keywords = this.#capabilities
      .filter(isPassedOn)
      .map(spellCapability)
      .filter((line) => line !== null);
    const backend = {
      mechanisms: this.#mechanisms,
      keywords,
      greeting: this.#greeting,
      tookIdentity: this.#tookIdentity,
    };
    return [{ step: 'ready', backend }];
  }

  #authenticate(mechanism: string, initial: Uint8Array | null): readonly BackendStep[] {
    this.#state = 'answer';
    const words = ['AUTHENTICATE', `"${mechanism}"`];
    if (initial !== null) words.push(base64String(initial));
    return [send(words.join(' '))];
  }

  #challenge(sentence: Sentence): readonly BackendStep[] {
    const [token] = sentence.tokens;
    const isString = sentence.tokens.length === 1 && token?.kind === 'string';
    const challenge = isString ? decodeBase64(latin1(token.bytes)) : null;
    if (challenge === null) return this.#break('proxy_dest_protocol_failure', 'a challenge that is no base64');
    const own = this.#responses.shift();
    if (own !== undefined) {
      const response = send(base64String(own.reveal()));
      own.wipe();
      return [response];
    }
    if (!this.#handsOn) return this.#break('proxy_dest_protocol_failure', 'a challenge too many');
    this.#state = 'exchange';
    return [{ step: 'challenge', challenge }];
  }

  #answer({ status, code, text }: Response, { raw }: Sentence): readonly BackendStep[] {
    const outcome = status === 'OK' ? 'succeeded' : UNAVAILABLE.has(code) ? 'unavailable' : 'failed';
    return [this.#decide(outcome, raw, text)];
  }

  #decide(outcome: AttemptOutcome, reply: Uint8Array, text: string): BackendStep {
    this.#forget();
    this.#state = outcome === 'succeeded' ? 'ended' : 'ready';
    return { step: 'answer', outcome, reply, text };
  }

  #break(reason: ReasonCode, text: string): readonly BackendStep[] {
    this.#forget();
    this.#state = 'ended';
    this.#reader.discard();
    return [{ step: 'broken', reason, text }];
  }

  #forget(): void {
    for (const secret of this.#responses) secret.wipe();
    this.#responses = [];
  }
}

const SAID = { malformed: 'malformed', too_long: 'too long' } as const;

function base64String(bytes: Uint8Array): string {
  return spellString(fromLatin1(encodeBase64(bytes)), 'client');
}
