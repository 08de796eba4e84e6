import type { Duplex } from 'node:stream';
import { SensorError } from '../../errors.js';
import type { Verdict } from '../../model/index.js';
import type { Services } from '../accepted.js';
import type { Attempt } from '../attempt.js';
import type { ReasonCode } from '../dialogue.js';
import { Ending, type EndSignal } from '../ending.js';
import { hangUp } from '../hang-up.js';
import type { ReadyLink } from '../links.js';
import { decideLogin, passwordShown } from '../policy/index.js';
import type { LoginPolicy } from '../ports.js';
import { userShown } from '../sasl/index.js';
import { type BackendAnswer, BackendLogin } from './backend-login.js';
import type { Client } from './client.js';
import type { EarlyLink } from './early-link.js';
import { secretsOf, withoutSecrets } from './said.js';

/** An attempt's end. `link` is there after success only, and whoever gets it closes it. */
export interface AttemptEnd extends BackendAnswer {
  readonly link: ReadyLink | null;
  /** What a policy said, where one was asked. */
  readonly verdict?: Verdict | null;
  /** For the client, in place of the protocol's words. */
  readonly message?: string;
}

/** One attempt of a client: its route, a link to the backend, and the backend's answer. Its secrets are overwritten when it has ended. */
export class LoginAttempt {
  readonly attempt: Attempt;
  /** 1 for the connection's first. */
  readonly count: number;
  readonly #client: Client;
  readonly #services: Services;
  readonly #challenge: (challenge: Uint8Array) => void;
  readonly #onHeld: () => void;
  readonly #abandoned = new Ending();
  #user: string | null;
  #backend: string | null = null;
  #login: BackendLogin | null = null;
  /** The backend's connection, once there is one. */
  #stream: Duplex | null = null;
  #awaitsClient = false;
  /** The client's answers to challenges. */
  readonly #responses: Uint8Array[] = [];

  /** @param challenge shows the client a SASL challenge of the backend */
  constructor(
    attempt: Attempt,
    count: number,
    client: Client,
    services: Services,
    challenge: (challenge: Uint8Array) => void,
    onHeld: () => void,
  ) {
    this.attempt = attempt;
    this.count = count;
    this.#user = attempt.user;
    this.#client = client;
    this.#services = services;
    this.#onHeld = onHeld;
    this.#challenge = (bytes) => {
      this.#awaitsClient = true;
      challenge(bytes);
    };
  }

  /** It is the client's turn: a challenge has been shown to it; or nobody's, where a policy makes it wait. One that has said its last may be let go. */
  get awaitsClient(): boolean {
    return this.#awaitsClient;
  }

  /** As far as the mechanism has shown it. */
  get user(): string | null {
    return this.#user;
  }

  /** `name (host:port)`; null where none was asked yet. */
  get backend(): string | null {
    return this.#backend;
  }

  /** @param early a link that was made before the client spoke; null: one is made now @returns its end, whatever happens */
  async run(early: EarlyLink | null): Promise<AttemptEnd> {
    try {
      const end = await this.#run(early);
      const secrets = [...secretsOf(this.attempt.credentials), ...this.#responses];
      return { ...end, text: withoutSecrets(end.text, secrets) };
    } catch (error) {
      // A mistake of ours: the client hears that it may try again, and its line is written.
      this.#services.ports.notices.warn('a login failed', { session: this.#client.accepted.session, error });
      if (this.#stream !== null) hangUp(this.#stream);
      return unavailable('internal_failure', 'a fault of the proxy');
    } finally {
      early?.drop();
      this.#wipe();
    }
  }

  /** The client's answer to the last challenge; null: it gave up. */
  respond(response: Uint8Array | null): void {
    this.#awaitsClient = false;
    if (response !== null) {
      this.#user ??= userShown(this.attempt.mechanism, response);
      this.#responses.push(response);
    }
    this.#login?.respond(response);
  }

  /** The client has gone. */
  abandon(): void {
    this.#abandoned.abort();
    this.#login?.abandon();
  }

  async #run(early: EarlyLink | null): Promise<AttemptEnd> {
    const { ports, options } = this.#services;
    if (options.whenUnrecorded === 'refuse' && (ports.log.failing || ports.recorder?.failing === true)) {
      return unavailable('temp_fail', 'logins cannot be recorded');
    }
    return ports.policy === undefined ? this.#ask(early) : this.#decide(ports.policy, early);
  }

  /** A policy has its say before and after the backend. */
  async #decide(policy: LoginPolicy, early: EarlyLink | null): Promise<AttemptEnd> {
    const { tarpits } = this.#services;
    const hold = async (seconds: number, signal: EndSignal) => {
      this.#awaitsClient = true;
      this.#onHeld();
      const held = await tarpits.hold(seconds, signal);
      this.#awaitsClient = false;
      return held;
    };
    const decided = await decideLogin(
      policy,
      { hold },
      {
        login: () => this.#client.facts(this),
        password: passwordShown(this.attempt.credentials),
        signal: this.#abandoned.signal,
        authenticate: () => this.#ask(early),
      },
    );
    const { verdict } = decided;
    if (decided.by === 'backend') return { ...decided.answer, verdict };
    if ('answer' in decided && decided.answer?.link) hangUp(decided.answer.link.stream);
    switch (decided.by) {
      case 'policy': {
        const { message } = decided;
        const text = message ?? 'refused by policy';
        return { ...failed('policy_refused', text), verdict, ...(message !== null && { message }) };
      }
      case 'full_tarpits':
        return { ...unavailable('temp_fail', 'too many logins are made to wait'), verdict };
      case 'leaving':
        return { ...unavailable('auth_aborted_by_client', 'the client left while it was made to wait'), verdict };
    }
  }

  /** A backend, and its answer. */
  async #ask(early: EarlyLink | null): Promise<AttemptEnd> {
    // Not before: it may have broken while a policy made the client wait.
    const made = early?.take() ?? null;
    if (made === null && this.attempt.credentials.kind === 'apop') {
      // Its digest is over a greeting that no other link has: a backend would take it for a wrong password.
      return unavailable('proxy_dest_remote_failure', 'the backend that greeted the client has gone');
    }
    let link: ReadyLink;
    try {
      const found = made ?? (await this.#link());
      if (found === null) {
        // The client hears what it would hear of a wrong password: who has a backend is nobody's business.
        return failed('auth_failed', 'no backend for this user');
      }
      link = found;
    } catch (error) {
      if (!(error instanceof SensorError)) throw error;
      return unavailable(error.code as ReasonCode, error.message);
    }
    this.#backend = link.host;
    this.#stream = link.stream;
    const login = new BackendLogin(link, this.#services.options.limits.backendTimeout, this.#challenge);
    this.#login = login;
    if (this.#abandoned.signal.aborted) login.abandon();
    else login.begin(this.attempt);
    const answer = await login.answer;
    return { ...answer, link: answer.outcome === 'succeeded' ? link : null };
  }

  async #link(): Promise<ReadyLink | null> {
    const backend = this.#client.backendFor(this.#user);
    if (backend === null) return null;
    this.#backend = backend.name;
    return await this.#services.links.ready(this.#client.linkRequest(backend, this.#abandoned.signal));
  }

  #wipe(): void {
    for (const response of this.#responses) response.fill(0);
    const { credentials } = this.attempt;
    if (credentials.kind === 'password') credentials.password.wipe();
    else if (credentials.kind === 'apop') credentials.digest.wipe();
    else credentials.initial?.wipe();
  }
}

function unavailable(reason: ReasonCode, text: string): AttemptEnd {
  return { outcome: 'unavailable', reply: null, text, reason, link: null };
}

function failed(reason: ReasonCode, text: string): AttemptEnd {
  return { outcome: 'failed', reply: null, text, reason, link: null };
}
