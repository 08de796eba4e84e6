import type { Duplex } from 'node:stream';
import type { SecureContext } from 'node:tls';
import { SensorError } from '../../errors.js';
import { type Accepted, endReason, type Services } from '../accepted.js';
import type { Attempt } from '../attempt.js';
import type { ClientDialogue, ClientStep, ReasonCode } from '../dialogue.js';
import { Ending } from '../ending.js';
import { hangUp } from '../hang-up.js';
import { MAX_APOP_LINKS } from '../limits.js';
import type { ReadyLink } from '../links.js';
import { readPiece } from '../read-piece.js';
import { relay } from '../relay/index.js';
import { Client } from './client.js';
import { dialogueSettings } from './dialogue-settings.js';
import { EarlyLink } from './early-link.js';
import { type AttemptEnd, LoginAttempt } from './login-attempt.js';
import { beginServerTls } from './server-tls.js';

/**
 * One client whose TLS, if it has any, ends here: the dialogue with it, its attempts at backends, and after a success the relay.
 *
 * What the client sends is given to its dialogue, and the dialogue's steps are taken one after the other. While a backend is asked the client is read on, because only so
 * is it noticed when it leaves; its dialogue keeps what it says, up to a limit. A client that does not take its answers is not asked for more.
 */
export class TerminatedSession {
  readonly #accepted: Accepted;
  readonly #services: Services;
  readonly #contextFor: (serverName: string | null) => SecureContext;
  readonly #settled: () => void;
  readonly #client: Client;
  readonly #over: Promise<void>;
  /** What is under way: each ends soon after the session, and may tell a line. */
  readonly #works = new Set<Promise<void>>();
  /** Ends links that are being made. */
  readonly #gone = new Ending();
  #stream: Duplex;
  #dialogue: ClientDialogue | null = null;
  #received = 0;
  #running: LoginAttempt | null = null;
  /** A link made before the client spoke, for APOP. */
  #earlyLink: EarlyLink | null = null;
  #attempts = 0;
  /** Mail without a login waits for a backend, which its line will name. */
  #proceeding = false;
  #isTold = false;
  #isOver = false;
  #late: NodeJS.Timeout | null = null;
  #end!: () => void;

  /** @param settled told when the client has logged in */
  constructor(
    accepted: Accepted,
    services: Services,
    contextFor: (serverName: string | null) => SecureContext,
    settled: () => void,
  ) {
    this.#accepted = accepted;
    this.#services = services;
    this.#contextFor = contextFor;
    this.#settled = settled;
    this.#client = new Client(accepted, services);
    this.#stream = accepted.socket;
    this.#over = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  /** @returns when the session is over (the client has logged out, or never came in) and its last line is written */
  async run(): Promise<void> {
    const { signal } = this.#accepted;
    this.#late = setTimeout(() => this.#close('login_timeout'), this.#services.options.limits.loginTimeout);
    signal.addEventListener('abort', this.#onAbort);
    this.#listen();
    if (signal.aborted) this.#onAbort();
    else this.#guard(this.#begin());
    await this.#over;
    await Promise.all(this.#works);
    clearTimeout(this.#late);
    signal.removeEventListener('abort', this.#onAbort);
  }

  /** A mistake of ours costs one session: thrown where events come from it would end the process. */
  #safely(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#failed(error);
    }
  }

  #guard(work: Promise<void>): void {
    const guarded = work.catch((error: unknown) => this.#failed(error));
    this.#works.add(guarded);
    void guarded.then(() => this.#works.delete(guarded));
  }

  #failed(error: unknown): void {
    this.#services.ports.notices.warn('a session failed', { session: this.#accepted.session, error });
    this.#conclude('internal_failure');
  }

  async #begin(): Promise<void> {
    const { listener } = this.#accepted;
    if (listener.tls === 'implicit' && !(await this.#beginTls())) return;
    if (listener.apop) await this.#linkEarly();
    if (this.#isOver) return;
    const settings = dialogueSettings(
      this.#accepted,
      this.#services,
      this.#client.secured,
      this.#earlyLink?.introduction ?? null,
    );
    this.#dialogue = this.#services.clientDialogue(listener.protocol, settings);
    this.#take(this.#dialogue.greet());
    this.#onReadable();
  }

  readonly #onAbort = (): void => {
    if (this.#accepted.socket.destroyed) this.#leave();
    else this.#close(endReason(this.#accepted.signal));
  };

  #listen(): void {
    const stream = this.#stream;
    stream.on('readable', this.#onReadable).on('drain', this.#onReadable).on('end', this.#onEnd);
    stream.on('close', this.#onClose).on('error', this.#onError);
  }

  #unlisten(): void {
    const stream = this.#stream;
    stream.off('readable', this.#onReadable).off('drain', this.#onReadable).off('end', this.#onEnd);
    stream.off('close', this.#onClose).off('error', this.#onError);
  }

  readonly #onReadable = (): void => this.#safely(this.#read);

  readonly #read = (): void => {
    const stream = this.#stream;
    // A step may have changed who reads: TLS, or the relay.
    while (!this.#isOver && this.#stream === stream && this.#dialogue !== null && !stream.writableNeedDrain) {
      const chunk = readPiece(stream);
      if (chunk === null) return;
      this.#received += chunk.length;
      if (this.#received > this.#services.options.limits.maxBytesBeforeLogin) this.#close('input_buffer_full');
      else this.#take(this.#dialogue.push(chunk));
    }
  };

  /** The client has said its last; an answer it waits for it shall have, but a challenge it will not answer. */
  readonly #onEnd = (): void => {
    const isAnswered = this.#running === null ? !this.#proceeding : this.#running.awaitsClient;
    if (isAnswered) this.#leave();
  };

  readonly #onClose = (): void => this.#leave();

  readonly #onError = (): void => this.#leave();

  /** The client has gone, or closes. */
  #leave(): void {
    this.#conclude(this.#running === null ? 'no_auth_attempts' : 'auth_aborted_by_client');
  }

  #close(reason: ReasonCode): void {
    if (this.#isOver) return;
    this.#safely(() => {
      if (this.#dialogue !== null) this.#take(this.#dialogue.close(reason));
    });
    this.#conclude(reason);
  }

  /** The end of a session without a login. */
  #conclude(reason: ReasonCode, text: string | null = null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#unlisten();
    // Those have a line of their own to come.
    if (this.#running !== null) this.#running.abandon();
    else if (!this.#proceeding) this.#tellNone(reason, text);
    this.#gone.abort(reason);
    this.#earlyLink?.drop();
    hangUp(this.#stream, this.#accepted.signal);
    this.#end();
  }

  /** That there was no login; only where nothing else was told. */
  #tellNone(reason: ReasonCode, text: string | null, backend: string | null = null): void {
    if (this.#isTold) return;
    this.#isTold = true;
    this.#client.leftWithoutAttempt(reason, text, backend);
  }

  #take(steps: readonly ClientStep[]): void {
    for (const step of steps) {
      if (this.#isOver) return;
      switch (step.step) {
        case 'send':
          this.#stream.write(step.bytes);
          break;
        case 'start_tls':
          this.#guard(this.#startTls());
          break;
        case 'attempt':
          this.#guard(this.#try(step.attempt));
          break;
        case 'response':
          this.#running?.respond(step.response);
          break;
        case 'claim':
          this.#client.claimed(step.identity);
          break;
        case 'client_id':
          this.#client.identified(step.pairs);
          break;
        case 'helo':
          this.#client.greeted(step.name);
          break;
        case 'proceed':
          this.#guard(this.#proceed());
          break;
        case 'refused':
          this.#attempts++;
          this.#isTold = true;
          this.#client.refused(step, this.#attempts);
          break;
        case 'close':
          this.#conclude(step.reason);
          break;
      }
    }
  }

  async #startTls(): Promise<void> {
    const dialogue = this.#dialogue!;
    const { socket } = this.#accepted;
    // What has come in clear behind the command is thrown away before the client is told to begin, so it can be no part of its TLS.
    while (socket.read() !== null);
    this.#dialogue = null;
    for (const step of dialogue.startTls()) if (step.step === 'send') socket.write(step.bytes);
    if (!(await this.#beginTls())) return;
    this.#dialogue = dialogue;
    this.#take(dialogue.secured());
    this.#onReadable();
  }

  /** @returns false where the session is over */
  async #beginTls(): Promise<boolean> {
    const { socket, listener } = this.#accepted;
    this.#unlisten();
    try {
      const timeout = this.#services.options.limits.handshakeTimeout;
      const known = this.#client.helloRead;
      const tls = await beginServerTls(socket, listener.protocol, this.#contextFor, timeout, known);
      this.#client.tlsBegun(tls);
      this.#stream = tls.stream;
    } catch (error) {
      if (!(error instanceof SensorError)) throw error;
      this.#conclude('tls_handshake_not_finished', error.message);
      return false;
    }
    if (this.#isOver) {
      hangUp(this.#stream);
      return false;
    }
    this.#listen();
    return true;
  }

  async #linkEarly(): Promise<void> {
    // The greeting is our own then, without APOP: whoever only connects shall not take up the backend's places.
    if (EarlyLink.waiting >= MAX_APOP_LINKS) return;
    try {
      const link = await this.#link();
      if (link === null) return;
      this.#earlyLink = new EarlyLink(link);
      if (this.#isOver) this.#earlyLink.drop();
    } catch (error) {
      // The greeting is then our own, without APOP.
      if (!(error instanceof SensorError)) throw error;
    }
  }

  /** Only APOP needs it. Whoever logs in otherwise has a link of his own, which is told of TLS and of claims that have come since. */
  #earlyLinkFor({ credentials }: Attempt): EarlyLink | null {
    const early = this.#earlyLink;
    this.#earlyLink = null;
    if (credentials.kind === 'apop') return early;
    early?.drop();
    return null;
  }

  /** A link for a client that has not said who it is. @returns null where no backend fits */
  async #link(): Promise<ReadyLink | null> {
    const backend = this.#client.backendFor(null);
    if (backend === null) return null;
    return await this.#services.links.ready(this.#client.linkRequest(backend, this.#gone.signal));
  }

  async #try(attempt: Attempt): Promise<void> {
    this.#attempts++;
    const ifEnded = () => {
      if (this.#stream.readableEnded) this.#onEnd();
    };
    const challenge = (bytes: Uint8Array) => {
      this.#take(this.#dialogue!.challenge(bytes));
      ifEnded();
    };
    const running = new LoginAttempt(attempt, this.#attempts, this.#client, this.#services, challenge, ifEnded);
    this.#running = running;
    const early = this.#earlyLinkFor(attempt);
    const end = await running.run(early);
    this.#running = null;
    this.#isTold = true;
    // Before the client hears of it.
    this.#client.attempted(running, end);
    if (this.#isOver) {
      if (end.link !== null) hangUp(end.link.stream);
      return;
    }
    this.#finish(end);
  }

  /** Mail that comes without a login: a backend takes over as it is. */
  async #proceed(): Promise<void> {
    this.#proceeding = true;
    let link: ReadyLink | null = null;
    let text = 'no backend';
    try {
      link = await this.#link();
    } catch (error) {
      if (!(error instanceof SensorError)) throw error;
      text = error.message;
    } finally {
      this.#proceeding = false;
    }
    this.#tellNone('no_auth_attempts', link === null ? text : 'mail without a login', link?.host ?? null);
    if (!this.#isOver) this.#finish({ outcome: 'unavailable', reply: null, link });
    else if (link !== null) hangUp(link.stream);
  }

  #finish({ outcome, reply, link, message }: Pick<AttemptEnd, 'outcome' | 'reply' | 'link' | 'message'>): void {
    const dialogue = this.#dialogue!;
    // A backend that takes over without a login has nothing for the client yet.
    if (link === null || outcome === 'succeeded') this.#take(dialogue.finish(outcome, reply, message));
    if (link !== null) this.#relay(dialogue, link);
    // What the client had sent ahead may have begun the next one.
    else if (this.#stream.readableEnded) this.#onEnd();
  }

  #relay(dialogue: ClientDialogue, link: ReadyLink): void {
    this.#unlisten();
    this.#settled();
    const ahead = dialogue.rest();
    if (ahead.length > 0) link.stream.write(ahead);
    const behind = link.dialogue.rest();
    if (behind.length > 0) this.#stream.write(behind);
    this.#isOver = true;
    clearTimeout(this.#late!);
    void relay(this.#stream, link.stream, { signal: this.#accepted.signal }).then(this.#end);
  }
}
