import type { Attempt } from '../attempt.js';
import type { BackendDialogue, BackendDialogueSettings, BackendStep, ReasonCode } from '../dialogue.js';
import { fromLatin1 } from '../lines.js';
import { decodeBase64, encodeBase64 } from '../sasl/index.js';
import { isHeloName } from './command.js';
import { exchangeFor } from './exchange.js';
import { attemptEnd } from './goodbye.js';
import { isPassedOn, parametersOf } from './keywords.js';
import { MAX_CHALLENGES } from './limits.js';
import { readAnswer } from './outcome.js';
import { type Reply, ReplyReader, wordsOf } from './reply.js';
import { xclientCommands } from './xclient.js';

/**
 * Named after the reply that is waited for; `handshake`: TLS is beginning; `succeeded`: what comes is the client's; `ended`: nothing is waited for any more.
 */
type State = 'greeting' | 'ehlo' | 'starttls' | 'handshake' | 'xclient' | 'ready' | 'auth' | 'succeeded' | 'ended';

/** What the proxy says to a submission server up to the end of AUTH. */
export class SmtpBackendDialogue implements BackendDialogue {
  readonly #settings: BackendDialogueSettings;
  readonly #replies = new ReplyReader();
  #state: State = 'greeting';
  #secured: boolean;
  #greeting = '';
  /** Lines of the last EHLO answer behind its first. */
  #listed: readonly string[] = [];
  /** XCLIENT commands that are left to say; null: not yet known. */
  #xclient: string[] | null = null;
  #taken: 'none' | 'some' | 'refused' = 'none';
  /** Lines for the challenges to come; those beyond are for the client, where it is asked. */
  #answers: string[] = [];
  #asksClient = false;
  #challenges = 0;
  /** The exchange was ended from here: what the backend says of it is about us. */
  #cancelled = false;
  #steps: BackendStep[] = [];

  constructor(settings: BackendDialogueSettings) {
    this.#settings = settings;
    this.#secured = settings.tls !== 'starttls';
  }

  push(bytes: Uint8Array): readonly BackendStep[] {
    if (this.#state === 'handshake' || this.#state === 'ended') return [];
    this.#replies.push(bytes);
    while (this.#isListening()) {
      const reply = this.#replies.next();
      if (reply === 'more') break;
      if (reply === 'invalid') this.#break('proxy_dest_protocol_failure', 'what the backend said is no SMTP reply');
      else this.#reply(reply);
    }
    return this.#take();
  }

  #isListening(): boolean {
    return this.#state !== 'handshake' && this.#state !== 'succeeded' && this.#state !== 'ended';
  }

  secured(): readonly BackendStep[] {
    this.#secured = true;
    this.#ehlo(this.#settings.hostname);
    return this.#take();
  }

  begin(attempt: Attempt): readonly BackendStep[] {
    const exchange = exchangeFor(attempt, this.#mechanisms());
    if (exchange === null) {
      this.#answer('unavailable', attemptEnd('unavailable'), `the backend does not take ${attempt.mechanism}`);
    } else {
      this.#answers = exchange.answers;
      this.#asksClient = exchange.asksClient;
      this.#say(exchange.command);
      this.#state = 'auth';
    }
    return this.#take();
  }

  respond(response: Uint8Array | null): readonly BackendStep[] {
    if (this.#state === 'auth') this.#say(`${response === null ? '*' : encodeBase64(response)}\r\n`);
    return this.#take();
  }

  quit(): readonly BackendStep[] {
    this.#say('QUIT\r\n');
    this.#state = 'ended';
    return this.#take();
  }

  rest(): Uint8Array {
    return this.#replies.rest();
  }

  #reply(reply: Reply): void {
    switch (this.#state) {
      case 'greeting':
        this.#greeted(reply);
        break;
      case 'ehlo':
        this.#introduced(reply);
        break;
      case 'starttls':
        this.#startTls(reply);
        break;
      case 'xclient':
        this.#told(reply);
        break;
      case 'auth':
        this.#authReply(reply);
        break;
      default:
        // RFC 5321 section 3.8: 421 may come at any time. Nothing else was asked for.
        this.#refused('nothing', reply);
    }
  }

  /** RFC 5321 section 3.1. */
  #greeted(reply: Reply): void {
    if (reply.code !== 220) {
      this.#refused('its greeting', reply);
      return;
    }
    this.#greeting = reply.texts[0]!.replace(/[^\x20-\x7e]+/g, ' ').trim();
    this.#ehlo(this.#settings.hostname);
  }

  #ehlo(name: string): void {
    this.#say(`EHLO ${name}\r\n`);
    this.#state = 'ehlo';
  }

  #introduced(reply: Reply): void {
    if (reply.code !== 250) {
      this.#refused('EHLO', reply);
      return;
    }
    this.#listed = reply.texts.slice(1).map((text) => text.trim());
    if (!this.#secured) {
      if (parametersOf('STARTTLS', this.#listed) === null) {
        this.#break('proxy_dest_remote_failure', 'the backend does not offer STARTTLS');
        return;
      }
      this.#say('STARTTLS\r\n');
      this.#state = 'starttls';
      return;
    }
    this.#tell();
  }

  /** RFC 3207 section 4. */
  #startTls(reply: Reply): void {
    if (reply.code !== 220) {
      this.#refused('STARTTLS', reply);
    } else if (this.#replies.more) {
      // Replies put in by somebody in between, to be taken for what is said inside TLS.
      this.#break('proxy_dest_protocol_failure', 'the backend sent bytes in clear behind its answer to STARTTLS');
    } else {
      this.#listed = [];
      this.#steps.push({ step: 'start_tls' });
      this.#state = 'handshake';
    }
  }

  /** Says the next XCLIENT command; after the last, or where none is taken, the backend is ready. */
  #tell(): void {
    const { identity } = this.#settings;
    if (this.#xclient === null) {
      const names = parametersOf('XCLIENT', this.#listed);
      this.#xclient = identity === null || names === null ? [] : [...xclientCommands(identity, names)];
    }
    const command = this.#xclient.shift();
    if (command === undefined) {
      this.#ready();
    } else {
      this.#say(command);
      this.#state = 'xclient';
    }
  }

  /** XCLIENT_README: after 220 the session begins anew; with the client's name, as its examples have it. After a refusal it goes on. */
  #told(reply: Reply): void {
    if (reply.code === 220) {
      if (this.#taken === 'none') this.#taken = 'some';
      const helo = this.#settings.identity?.helo;
      if (this.#xclient !== null && this.#xclient.length > 0) this.#tell();
      else this.#ehlo(helo !== undefined && isHeloName(helo) ? helo : this.#settings.hostname);
    } else if (reply.code === 421 || reply.code < 400) {
      this.#refused('XCLIENT', reply);
    } else {
      this.#notTold(reply);
    }
  }

  #notTold(reply: Reply): void {
    const before = this.#taken;
    this.#taken = 'refused';
    this.#xclient = [];
    if (reply.code === 501 && before === 'refused') {
      this.#refused('XCLIENT', reply);
    } else if (reply.code === 501) {
      // Parameters it does not take (Postfix without IPv6 such an address), from us, who may say them. And so may the client, once it speaks here after its login,
      // LOGIN= included, for as long as the connection is ours to Postfix: so it is made nobody's.
      this.#say('XCLIENT ADDR=[UNAVAILABLE]\r\n');
    } else if (before === 'none') {
      this.#ready();
    } else {
      this.#ehlo(this.#settings.hostname);
    }
  }

  #ready(): void {
    this.#state = 'ready';
    this.#steps.push({
      step: 'ready',
      backend: {
        mechanisms: this.#mechanisms(),
        keywords: this.#listed.filter(isPassedOn),
        greeting: this.#greeting,
        tookIdentity: this.#taken === 'some',
      },
    });
  }

  #mechanisms(): readonly string[] {
    return parametersOf('AUTH', this.#listed) ?? [];
  }

  #authReply(reply: Reply): void {
    if (reply.code === 334) {
      this.#challenged(reply.texts.join('').trim());
      return;
    }
    const answer = readAnswer(reply);
    if (answer === null) {
      this.#refused('AUTH', reply);
    } else if (this.#cancelled && answer.outcome !== 'succeeded') {
      this.#answer('unavailable', attemptEnd('unavailable'), 'the backend asked for more than the mechanism has');
    } else {
      this.#answer(answer.outcome, answer.reply, wordsOf(reply));
    }
  }

  /** RFC 4954 section 4. */
  #challenged(text: string): void {
    this.#challenges++;
    const known = this.#answers.shift();
    if (known !== undefined) {
      this.#say(known);
      return;
    }
    const challenge = decodeBase64(text);
    if (this.#asksClient && challenge !== null && this.#challenges <= MAX_CHALLENGES) {
      this.#steps.push({ step: 'challenge', challenge });
    } else if (this.#cancelled) {
      this.#break('proxy_dest_protocol_failure', 'the backend does not let an exchange be ended');
    } else {
      this.#cancelled = true;
      this.#say('*\r\n');
    }
  }

  #answer(outcome: 'succeeded' | 'failed' | 'unavailable', reply: Uint8Array, text: string): void {
    this.#answers = [];
    this.#steps.push({ step: 'answer', outcome, reply, text });
    this.#state = outcome === 'succeeded' ? 'succeeded' : 'ended';
  }

  /** It said no, or what does not belong there. */
  #refused(what: string, reply: Reply): void {
    const reason = reply.code >= 400 ? 'proxy_dest_remote_failure' : 'proxy_dest_protocol_failure';
    this.#break(reason, `the backend answered ${reply.code} to ${what}: ${wordsOf(reply)}`);
  }

  #break(reason: ReasonCode, text: string): void {
    this.#answers = [];
    this.#steps.push({ step: 'broken', reason, text });
    this.#state = 'ended';
  }

  #say(text: string): void {
    this.#steps.push({ step: 'send', bytes: fromLatin1(text) });
  }

  #take(): readonly BackendStep[] {
    const steps = this.#steps;
    this.#steps = [];
    return steps;
  }
}
