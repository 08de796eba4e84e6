import type { Attempt } from '../attempt.js';
import type { BackendDialogue, BackendDialogueSettings, BackendStep, ReasonCode } from '../dialogue.js';
import { fromLatin1, LineBuffer } from '../lines.js';
import { decodeBase64, encodeBase64 } from '../sasl/index.js';
import { type Capabilities, readCapabilities } from './capabilities.js';
import { writeIdentification } from './identification.js';
import { MAX_BACKEND_LINE, MAX_BACKEND_WORDS } from './limits.js';
import { spellLogin } from './login.js';
import { plainText, type Received, type Response, ResponseReader, readResponse } from './response.js';

/**
 * - `greeting`, `starttls`, `capability`, `id`: what it is to say next. `tls_begun`: nothing, in clear. `ready`: it waits for us.
 * - `login`: it is to say something to the attempt. `response`: the client is to answer it. `over`: it has answered, or cannot be used.
 */
type State = 'greeting' | 'starttls' | 'tls_begun' | 'capability' | 'id' | 'ready' | 'login' | 'response' | 'over';
type Status = Extract<Response, { kind: 'status' }>;

/** Our own commands' tags. All of them are answered before the attempt begins, so they cannot be taken for the client's. */
const STARTTLS = 'S';
const CAPABILITY = 'C';
const ID = 'I';
const LOGOUT = 'Q';

/** RFC 5530 codes of a NO that is not about the credentials. */
const TEMPORARY: ReadonlySet<string> = new Set(['UNAVAILABLE', 'SERVERBUG', 'CONTACTADMIN', 'LIMIT', 'INUSE']);

/** IMAP before the login, the client's half, for one attempt. */
export class ImapBackendDialogue implements BackendDialogue {
  readonly #settings: BackendDialogueSettings;
  readonly #lines = new LineBuffer(MAX_BACKEND_LINE);
  #responses = new ResponseReader(this.#lines);
  #state: State = 'greeting';
  #greeting = '';
  #capabilities: Capabilities | null = null;
  #tookIdentity = false;
  /** Octets since it was last told something; in the login, since that began. */
  #words = 0;
  #tag = '';
  /** Still to be sent, one for each `+`. */
  #pieces: Uint8Array[] = [];
  #challenges = false;
  /** For the client: what it says untagged while it decides. */
  #reply: Uint8Array[] = [];
  #succeeded = false;
  #steps: BackendStep[] = [];

  constructor(settings: BackendDialogueSettings) {
    this.#settings = settings;
  }

  push(bytes: Uint8Array): readonly BackendStep[] {
    if (this.#state === 'tls_begun') this.#injected();
    // Behind a success comes what is the client's; behind anything else, nothing that counts.
    else if (this.#state !== 'over' || this.#succeeded) this.#lines.push(bytes);
    while (this.#next());
    return this.#taken();
  }

  secured(): readonly BackendStep[] {
    if (this.#state !== 'tls_begun') return [];
    // RFC 9051 section 6.2.1: what it said in clear about itself does not count.
    this.#capabilities = null;
    this.#responses = new ResponseReader(this.#lines);
    this.#askCapability();
    return this.#taken();
  }

  begin(attempt: Attempt): readonly BackendStep[] {
    if (this.#state !== 'ready' || this.#capabilities === null) return [];
    const spelled = spellLogin(attempt, this.#capabilities);
    if (typeof spelled === 'string') {
      const what = spelled === 'no_passwords' ? 'passwords' : 'this mechanism';
      this.#break('proxy_dest_protocol_failure', `the backend does not take ${what}`);
      return this.#taken();
    }
    this.#tag = attempt.tag;
    this.#pieces = spelled.pieces;
    this.#challenges = spelled.challenges;
    this.#words = 0;
    this.#sendPiece();
    return this.#taken();
  }

  respond(response: Uint8Array | null): readonly BackendStep[] {
    if (this.#state !== 'response') return [];
    this.#state = 'login';
    this.#steps.push({ step: 'send', bytes: fromLatin1(`${response === null ? '*' : encodeBase64(response)}\r\n`) });
    while (this.#next());
    return this.#taken();
  }

  quit(): readonly BackendStep[] {
    if (this.#state === 'over' || this.#state === 'tls_begun') return [];
    this.#send(`${LOGOUT} LOGOUT`);
    this.#state = 'over';
    return this.#taken();
  }

  rest(): Uint8Array {
    return this.#lines.rest();
  }

  /** Reads one response. @returns false, here and below: nothing more is to be read now */
  #next(): boolean {
    if (this.#state === 'over' || this.#state === 'tls_begun') return false;
    const received = this.#responses.next();
    if (received === 'more') return false;
    if (received === 'too_long') return this.#break('proxy_dest_protocol_failure', 'the backend said too much');
    this.#words += received.bytes.length;
    if (this.#words > MAX_BACKEND_WORDS) return this.#break('proxy_dest_protocol_failure', 'the backend said too much');
    return this.#received(received);
  }

  #received(received: Received): boolean {
    const response = readResponse(received.line);
    if (response.kind === 'unknown') return this.#strange(received.line);
    if (this.#state === 'greeting') return this.#greet(response, received.line);
    if (response.kind === 'status' && response.tag === '*' && response.status === 'BYE') {
      return this.#break('proxy_dest_remote_failure', response.text);
    }
    switch (this.#state) {
      case 'starttls':
        return this.#whenAnswered(response, STARTTLS, (status) => this.#starttls(status));
      case 'capability':
        this.#note(response);
        return this.#whenAnswered(response, CAPABILITY, (status) => this.#introduced(status));
      case 'id':
        return this.#whenAnswered(response, ID, (status) => this.#identified(status));
      case 'login':
      case 'response':
        return this.#decides(response, received);
      default:
        return true;
    }
  }

  /** RFC 9051 section 7.1. PREAUTH would let everyone in as somebody. */
  #greet(response: Response, line: string): boolean {
    if (response.kind !== 'status' || response.tag !== '*') return this.#strange(line);
    if (response.status === 'BYE') return this.#break('proxy_dest_remote_failure', response.text);
    if (response.status !== 'OK') return this.#strange(line);
    this.#greeting = line.slice('* OK '.length);
    this.#note(response);
    if (this.#settings.tls === 'starttls') {
      if (this.#capabilities?.words.has('STARTTLS') === false) {
        return this.#break('proxy_dest_protocol_failure', 'the backend does not offer STARTTLS');
      }
      this.#state = 'starttls';
      return this.#send(`${STARTTLS} STARTTLS`);
    }
    return this.#capabilities === null ? this.#askCapability() : this.#identify(this.#capabilities);
  }

  #starttls(status: Status): boolean {
    if (status.status !== 'OK') {
      return this.#break('proxy_dest_protocol_failure', `the backend refused STARTTLS: ${status.text}`);
    }
    this.#state = 'tls_begun';
    if (this.#lines.held > 0) return this.#injected();
    this.#steps.push({ step: 'start_tls' });
    return false;
  }

  /** Said in clear behind the go-ahead: it would be read inside TLS as if the backend had said it there. */
  #injected(): boolean {
    this.#lines.discard();
    return this.#break('proxy_dest_protocol_failure', 'the backend went on in clear after it agreed to TLS');
  }

  #askCapability(): boolean {
    this.#state = 'capability';
    return this.#send(`${CAPABILITY} CAPABILITY`);
  }

  /** Capabilities come as data, or as the code of a status. */
  #note(response: Response): void {
    if (response.kind === 'data' && response.name === 'CAPABILITY') {
      this.#capabilities = readCapabilities(response.text);
    } else if (response.kind === 'status' && response.code === 'CAPABILITY') {
      this.#capabilities = readCapabilities(response.codeData);
    }
  }

  #introduced(status: Status): boolean {
    if (status.status !== 'OK' || this.#capabilities === null) {
      return this.#break('proxy_dest_protocol_failure', `the backend does not say what it can do: ${status.text}`);
    }
    return this.#identify(this.#capabilities);
  }

  #identify(capabilities: Capabilities): boolean {
    if (this.#settings.identity === null || !capabilities.words.has('ID')) return this.#ready(capabilities);
    this.#state = 'id';
    return this.#send(`${ID} ID ${writeIdentification(this.#settings.identity)}`);
  }

  /** Only Dovecot 2.4 tells whether it trusts us; 2.3 says OK to everyone. A backend that refuses the ID still takes logins. */
  #identified(status: Status): boolean {
    this.#tookIdentity = status.status === 'OK' && /^Trusted ID\b/i.test(status.text);
    return this.#capabilities !== null && this.#ready(this.#capabilities);
  }

  #ready({ words, mechanisms: sasl, keywords }: Capabilities): boolean {
    this.#state = 'ready';
    // RFC 9051 section 6.2.3: without LOGINDISABLED there is the LOGIN command, which is a PLAIN by another name.
    const settled = sasl.includes('PLAIN') || words.has('LOGINDISABLED');
    const mechanisms = settled ? sasl : [...sasl, 'PLAIN'];
    const backend = { mechanisms, keywords, greeting: plainText(this.#greeting), tookIdentity: this.#tookIdentity };
    this.#steps.push({ step: 'ready', backend });
    return true;
  }

  #decides(response: Response, received: Received): boolean {
    if (response.kind === 'continue') return this.#asked(response.text);
    if (response.kind === 'status' && response.tag !== '*') {
      // Another tag's answer is to nothing we know of.
      return response.tag !== this.#tag || this.#answered(response, received.bytes);
    }
    this.#reply.push(received.bytes);
    return true;
  }

  #asked(text: string): boolean {
    if (this.#state === 'response') return this.#strange('+');
    if (this.#pieces.length > 0) return this.#sendPiece();
    const challenge = decodeBase64(text.trimEnd());
    if (!this.#challenges || challenge === null) return this.#strange('+');
    this.#state = 'response';
    this.#steps.push({ step: 'challenge', challenge });
    return true;
  }

  #answered({ status, code, text }: Status, bytes: Uint8Array): boolean {
    const temporary = code !== null && TEMPORARY.has(code);
    const outcome = status === 'OK' ? 'succeeded' : temporary ? 'unavailable' : 'failed';
    const reply = new Uint8Array(Buffer.concat([...this.#reply, bytes]));
    this.#end();
    this.#succeeded = outcome === 'succeeded';
    this.#steps.push({ step: 'answer', outcome, reply, text: plainText(text) });
    return false;
  }

  #whenAnswered(response: Response, tag: string, then: (status: Status) => boolean): boolean {
    if (response.kind === 'continue') return this.#strange('+');
    return response.kind !== 'status' || response.tag !== tag || then(response);
  }

  #sendPiece(): boolean {
    const [piece, ...others] = this.#pieces;
    this.#pieces = others;
    this.#state = 'login';
    if (piece !== undefined) this.#steps.push({ step: 'send', bytes: piece });
    return true;
  }

  #send(line: string): boolean {
    this.#words = 0;
    this.#steps.push({ step: 'send', bytes: fromLatin1(`${line}\r\n`) });
    return true;
  }

  #strange(line: string): boolean {
    return this.#break('proxy_dest_protocol_failure', `the backend said ${plainText(line)}`);
  }

  #break(reason: ReasonCode, text: string): boolean {
    this.#end();
    this.#lines.discard();
    this.#steps.push({ step: 'broken', reason, text: plainText(text) });
    return false;
  }

  #end(): void {
    this.#state = 'over';
    for (const piece of this.#pieces) piece.fill(0);
    this.#pieces = [];
    this.#reply = [];
  }

  #taken(): readonly BackendStep[] {
    const steps = this.#steps;
    this.#steps = [];
    return steps;
  }
}
