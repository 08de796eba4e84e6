import type { Attempt, AttemptOutcome } from '../attempt.js';
import type { BackendDialogue, BackendDialogueSettings, BackendStep, ReasonCode } from '../dialogue.js';
import { fromLatin1, LineBuffer, latin1 } from '../lines.js';
import { decodeBase64, encodeBase64, encodeInitial, spellPassword } from '../sasl/index.js';
import { Secret } from '../secret.js';
import { spellXclient } from '../xclient/index.js';
import { isPassedOn } from './keywords.js';
import { MAX_CAPA_LINE, MAX_CAPA_LINES, MAX_COMMAND, MAX_REPLY_LINE } from './limits.js';
import { attemptEnd, oneLine, send } from './replies.js';

type State =
  | 'greeting'
  | 'stls'
  /** TLS begins: nothing may come in clear. */
  | 'tls'
  | 'xclient'
  | 'capa'
  | 'capa_lines'
  | 'ready'
  /** USER is sent. */
  | 'user'
  /** What decides is sent: PASS, APOP, AUTH, or a response. */
  | 'answer'
  /** The client owes an answer to the backend's challenge. */
  | 'exchange'
  | 'ended';

/** RFC 1939 section 3: the status, and a text behind a space. */
const STATUS = /^(\+OK|-ERR)(?: (.*))?$/s;
/** RFC 2449 section 8: a code in brackets at the text's beginning. */
const CODE = /^\[([^\]]*)\] ?/;
/** RFC 2449 section 8.1, RFC 3206: not for the credentials. */
const UNAVAILABLE = /^(?:SYS\/(?:TEMP|PERM)|IN-USE|LOGIN-DELAY)$/i;

/** The client's half of a POP3 login, and XCLIENT as Dovecot's proxies send it. */
export class Pop3BackendDialogue implements BackendDialogue {
  readonly #settings: BackendDialogueSettings;
  readonly #lines = new LineBuffer(MAX_REPLY_LINE);
  #state: State = 'greeting';
  #greeting = '';
  #takesXclient = false;
  #tookIdentity = false;
  #capabilities: string[] = [];
  #mechanisms: readonly string[] = [];
  /** USER and PASS may be tried. */
  #takesUser = false;
  /** Copies of our own: the password behind USER, or what answers the next challenges. Overwritten once sent. */
  #responses: Secret[] = [];
  /** Challenges are the client's to answer. */
  #handsOn = false;

  constructor(settings: BackendDialogueSettings) {
    this.#settings = settings;
  }

  push(bytes: Uint8Array): readonly BackendStep[] {
    if (this.#state === 'ended') return [];
    if (this.#state === 'tls') return this.#break('proxy_dest_protocol_failure', 'bytes in clear behind STLS');
    this.#lines.push(bytes);
    const steps: BackendStep[] = [];
    // TLS takes over in the middle of a piece, and success leaves the rest to the client.
    while (!this.#isOver()) {
      const line = this.#lines.line();
      if (line === 'more') break;
      if (line === 'too_long') steps.push(...this.#break('proxy_dest_protocol_failure', 'a line that is too long'));
      else steps.push(...this.#line(line));
    }
    return steps;
  }

  secured(): readonly BackendStep[] {
    return this.#state === 'tls' ? this.#introduce() : [];
  }

  begin(attempt: Attempt): readonly BackendStep[] {
    if (this.#state !== 'ready') return [];
    const { credentials } = attempt;
    this.#handsOn = credentials.kind === 'sasl';
    switch (credentials.kind) {
      case 'password': {
        const spelling = spellPassword(credentials, this.#mechanisms);
        if (spelling !== null) return this.#auth(spelling.mechanism, spelling.initial, spelling.responses);
        return this.#userAndPass(credentials.authorization, credentials.user, credentials.password);
      }
      case 'sasl':
        return this.#auth(attempt.mechanism, credentials.initial === null ? null : copyOf(credentials.initial), []);
      case 'apop':
        return this.#apop(credentials.user, credentials.digest.reveal());
    }
  }

  respond(response: Uint8Array | null): readonly BackendStep[] {
    if (this.#state !== 'exchange') return [];
    this.#state = 'answer';
    return [send(response === null ? '*' : encodeBase64(response))];
  }

  quit(): readonly BackendStep[] {
    if (this.#state === 'ended') return [];
    this.#state = 'ended';
    return [send('QUIT')];
  }

  rest(): Uint8Array {
    return this.#lines.rest();
  }

  #isOver(): boolean {
    return this.#state === 'ended' || this.#state === 'tls';
  }

  #line(line: Uint8Array): readonly BackendStep[] {
    const text = latin1(line);
    if (this.#state === 'capa_lines') return this.#capability(text);
    // RFC 5034 section 4: a challenge.
    if (this.#state === 'answer' && (text === '+' || text.startsWith('+ '))) return this.#challenge(text.slice(2));
    const status = STATUS.exec(text);
    if (status === null) return this.#break('proxy_dest_protocol_failure', `no reply of POP3: ${oneLine(text)}`);
    return this.#reply(status[1] === '+OK', status[2] ?? '', line);
  }

  #reply(ok: boolean, text: string, line: Uint8Array): readonly BackendStep[] {
    switch (this.#state) {
      case 'greeting':
        if (!ok) return this.#break('proxy_dest_remote_failure', oneLine(text));
        return this.#greeted(text);
      case 'stls':
        if (!ok) return this.#break('proxy_dest_remote_failure', `STLS refused: ${oneLine(text)}`);
        if (this.#lines.held > 0) return this.#break('proxy_dest_protocol_failure', 'bytes in clear behind STLS');
        this.#state = 'tls';
        return [{ step: 'start_tls' }];
      case 'xclient':
        this.#tookIdentity = ok && !/not from trusted/i.test(text);
        return this.#askCapabilities();
      case 'capa':
        if (ok) {
          this.#state = 'capa_lines';
          return [];
        }
        this.#takesUser = true; // older than RFC 2449: nothing else can be known
        return this.#ready();
      case 'user':
        return ok ? this.#pass() : this.#answer(ok, text, line);
      case 'exchange':
        if (ok) return this.#break('proxy_dest_protocol_failure', 'success before the client has answered');
        return this.#answer(ok, text, line);
      case 'answer':
        return this.#answer(ok, text, line);
      default:
        return this.#break('proxy_dest_remote_failure', oneLine(text));
    }
  }

  #greeted(text: string): readonly BackendStep[] {
    this.#takesXclient = /^\[XCLIENT\]/i.test(text);
    this.#greeting = text.replace(/^\[XCLIENT\] ?/i, '').replace(/[^ -~]/g, '?');
    if (this.#settings.tls !== 'starttls') return this.#introduce();
    this.#state = 'stls';
    return [send('STLS')];
  }

  #introduce(): readonly BackendStep[] {
    if (this.#settings.identity === null || !this.#takesXclient) return this.#askCapabilities();
    this.#state = 'xclient';
    return [send(spellXclient(this.#settings.identity))];
  }

  /** Behind XCLIENT: what a client may do can depend on who it is. */
  #askCapabilities(): readonly BackendStep[] {
    this.#state = 'capa';
    return [send('CAPA')];
  }

  #capability(text: string): readonly BackendStep[] {
    if (text === '.') {
      const words = this.#capabilities.map((line) => line.toUpperCase().split(/ +/));
      this.#mechanisms = words
        .filter(([tag]) => tag === 'SASL')
        .flatMap(([, ...names]) => names.filter((name) => name !== ''));
      this.#takesUser = words.some(([tag]) => tag === 'USER');
      return this.#ready();
    }
    if (text.length > MAX_CAPA_LINE || this.#capabilities.length >= MAX_CAPA_LINES) {
      return this.#break('proxy_dest_protocol_failure', 'capabilities without end');
    }
    this.#capabilities.push(text.startsWith('.') ? text.slice(1) : text);
    return [];
  }

  #ready(): readonly BackendStep[] {
    this.#state = 'ready';
    const known = new Set(this.#mechanisms);
    if (this.#takesUser) known.add('PLAIN');
    const keywords = this.#capabilities.filter(isPassedOn);
    const backend = { mechanisms: [...known], keywords, greeting: this.#greeting, tookIdentity: this.#tookIdentity };
    return [{ step: 'ready', backend }];
  }

  #auth(mechanism: string, initial: Secret | null, responses: readonly Secret[]): readonly BackendStep[] {
    this.#state = 'answer';
    this.#responses = [...responses];
    const inLine = initial === null ? null : `AUTH ${mechanism} ${encodeInitial(initial.reveal())}`;
    if (inLine !== null && inLine.length <= MAX_COMMAND) {
      initial?.wipe();
      return [send(inLine)];
    }
    if (initial !== null) this.#responses.unshift(initial);
    return [send(`AUTH ${mechanism}`)];
  }

  #userAndPass(authorization: Uint8Array, user: Uint8Array, password: Secret): readonly BackendStep[] {
    if (!this.#takesUser) return [this.#unasked('unavailable', 'the backend takes no passwords on this link')];
    // RFC 1939 has no way to act as another.
    const isOwn = authorization.length === 0 || Buffer.compare(authorization, user) === 0;
    if (!isOwn || !isArgument(user) || !isArgument(password.reveal())) {
      return [this.#unasked('failed', 'USER and PASS cannot say this login')];
    }
    this.#state = 'user';
    this.#responses = [copyOf(password)];
    return [command('USER ', user)];
  }

  #pass(): readonly BackendStep[] {
    this.#state = 'answer';
    const password = this.#responses.shift()!;
    const step = command('PASS ', password.reveal());
    password.wipe();
    return [step];
  }

  #apop(user: Uint8Array, digest: Uint8Array): readonly BackendStep[] {
    if (!isArgument(user) || user.includes(0x20)) return [this.#unasked('failed', 'APOP cannot say this name')];
    this.#state = 'answer';
    return [command('APOP ', user, fromLatin1(' '), digest)];
  }

  #challenge(text: string): readonly BackendStep[] {
    const own = this.#responses.shift();
    if (own !== undefined) {
      const response = send(encodeBase64(own.reveal()));
      own.wipe();
      return [response];
    }
    const challenge = decodeBase64(text);
    if (challenge === null) return this.#break('proxy_dest_protocol_failure', 'a challenge that is no base64');
    if (!this.#handsOn) return this.#break('proxy_dest_protocol_failure', 'a challenge too many');
    this.#state = 'exchange';
    return [{ step: 'challenge', challenge }];
  }

  #answer(ok: boolean, text: string, line: Uint8Array): readonly BackendStep[] {
    const code = CODE.exec(text);
    const outcome = ok ? 'succeeded' : UNAVAILABLE.test(code?.[1] ?? '') ? 'unavailable' : 'failed';
    const reply = new Uint8Array(line.length + 2);
    reply.set(line);
    reply.set([0x0d, 0x0a], line.length);
    return [this.#decide(outcome, reply, oneLine(code === null ? text : text.slice(code[0].length)))];
  }

  /** The login cannot be said in this backend's words: it is not asked. */
  #unasked(outcome: 'failed' | 'unavailable', text: string): BackendStep {
    return this.#decide(outcome, fromLatin1(`${attemptEnd(outcome)}\r\n`), text);
  }

  #decide(outcome: AttemptOutcome, reply: Uint8Array, text: string): BackendStep {
    this.#forget();
    this.#state = outcome === 'succeeded' ? 'ended' : 'ready';
    return { step: 'answer', outcome, reply, text };
  }

  #break(reason: ReasonCode, text: string): readonly BackendStep[] {
    this.#forget();
    this.#state = 'ended';
    this.#lines.discard();
    return [{ step: 'broken', reason, text }];
  }

  #forget(): void {
    for (const secret of this.#responses) secret.wipe();
    this.#responses = [];
  }
}

function copyOf(secret: Secret): Secret {
  return new Secret(new Uint8Array(secret.reveal()));
}

/** Nothing in it that could end the line. */
function isArgument(bytes: Uint8Array): boolean {
  return !bytes.some((octet) => octet === 0 || octet === 0x0a || octet === 0x0d);
}

/** A command with bytes that are not to become text. */
function command(verb: string, ...parts: readonly Uint8Array[]): BackendStep {
  return { step: 'send', bytes: new Uint8Array(Buffer.concat([fromLatin1(verb), ...parts, fromLatin1('\r\n')])) };
}
