import type { Attempt, AttemptOutcome } from '../attempt.js';
import type { BackendStep, ReasonCode } from '../dialogue.js';
import { hangUp } from '../hang-up.js';
import type { ReadyLink } from '../links.js';

/** What a backend made of an attempt. */
export interface BackendAnswer {
  readonly outcome: AttemptOutcome;
  /** Whole lines for the client; null where the backend said nothing that could be passed on. */
  readonly reply: Uint8Array | null;
  /** For the log: the backend's words, or what went wrong. */
  readonly text: string;
  /** null where it succeeded. */
  readonly reason: ReasonCode | null;
}

/**
 * One attempt at one backend: from `begin` to the answer. It settles once, and has then taken its listeners off the stream: after success the next reader finds all that
 * came behind the answer in `dialogue.rest()` and in the stream; after anything else the connection is ended. It rejects only with a mistake of ours.
 */
export class BackendLogin {
  readonly answer: Promise<BackendAnswer>;
  readonly #link: ReadyLink;
  readonly #challenge: (challenge: Uint8Array) => void;
  readonly #timeout: number;
  #settle!: (answer: BackendAnswer) => void;
  #reject!: (fault: unknown) => void;
  #settled = false;
  #timer: NodeJS.Timeout | null = null;

  /**
   * @param challenge shows the client a SASL challenge; its answer comes by {@link respond}
   * @param timeout milliseconds the backend may take for each of its answers; the client's time does not count
   */
  constructor(link: ReadyLink, timeout: number, challenge: (challenge: Uint8Array) => void) {
    this.#link = link;
    this.#timeout = timeout;
    this.#challenge = challenge;
    this.answer = new Promise((resolve, reject) => {
      this.#settle = resolve;
      this.#reject = reject;
    });
    const { stream } = link;
    stream.on('readable', this.#onReadable).on('end', this.#onClose);
    stream.on('close', this.#onClose).on('error', this.#onError);
    // Told once, and maybe before we listened.
    if (stream.destroyed) this.#onClose();
  }

  begin(attempt: Attempt): void {
    this.#take(() => this.#link.dialogue.begin(attempt));
  }

  /** The client's answer to the last challenge; null: it gave up. */
  respond(response: Uint8Array | null): void {
    this.#take(() => this.#link.dialogue.respond(response));
  }

  /** The client has gone, or its time is up: nobody waits for an answer any more. */
  abandon(): void {
    this.#end({ outcome: 'unavailable', reply: null, text: 'given up', reason: 'auth_aborted_by_client' });
  }

  /** A mistake of ours costs this login and no other: thrown here, where events come from, it would end the process. */
  #take(say: () => readonly BackendStep[]): void {
    if (this.#settled) return;
    try {
      this.#takeAll(say());
    } catch (fault) {
      this.#detach();
      hangUp(this.#link.stream);
      this.#reject(fault);
    }
  }

  #takeAll(steps: readonly BackendStep[]): void {
    for (const step of steps) {
      if (this.#settled) return;
      switch (step.step) {
        case 'send':
          this.#link.stream.write(step.bytes);
          this.#startTimer();
          break;
        case 'challenge':
          this.#stopTimer();
          this.#challenge(step.challenge);
          break;
        case 'answer':
          this.#end({ ...step, reason: reasonFor(step.outcome) });
          break;
        case 'broken':
          this.#fail(step.reason, step.text);
          break;
        default:
          // `ready` and `start_tls` belong to the link, which is behind us.
          this.#fail('proxy_dest_internal_failure', `an unexpected ${step.step}`);
      }
    }
  }

  readonly #onReadable = (): void => {
    for (;;) {
      // After the answer, what follows is the client's.
      if (this.#settled) return;
      const chunk: Uint8Array | null = this.#link.stream.read();
      if (chunk === null) return;
      this.#take(() => this.#link.dialogue.push(chunk));
    }
  };

  readonly #onClose = (): void => this.#fail('proxy_dest_remote_failure', 'the backend closed the connection');

  readonly #onError = (error: Error & { code?: string }): void =>
    this.#fail('proxy_dest_remote_failure', error.code ?? 'the connection to the backend broke');

  #fail(reason: ReasonCode, text: string): void {
    this.#end({ outcome: 'unavailable', reply: null, text, reason });
  }

  #end(answer: BackendAnswer): void {
    if (this.#settled) return;
    this.#detach();
    if (answer.outcome !== 'succeeded') hangUp(this.#link.stream);
    this.#settle(answer);
  }

  #detach(): void {
    this.#settled = true;
    this.#stopTimer();
    const { stream } = this.#link;
    stream.off('readable', this.#onReadable).off('end', this.#onClose);
    stream.off('close', this.#onClose).off('error', this.#onError);
    // Until the next reader listens; it notices a stream that has broken.
    stream.on('error', () => {});
  }

  #startTimer(): void {
    this.#stopTimer();
    const late = () => this.#fail('proxy_dest_remote_failure', 'the backend took too long to answer');
    this.#timer = setTimeout(late, this.#timeout);
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

function reasonFor(outcome: AttemptOutcome): ReasonCode | null {
  if (outcome === 'succeeded') return null;
  return outcome === 'failed' ? 'auth_failed' : 'proxy_dest_auth_temp_failed';
}
