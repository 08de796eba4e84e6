import { SensorError } from '../../errors.js';
import type { LoginFacts, LoginOutcome, ProxiedLogin, Recognition } from '../../model/index.js';
import type { ConnectionFingerprint } from '../../socket/index.js';
import type { Accepted, Services } from '../accepted.js';
import type { ClaimedIdentity, ForwardedIdentity } from '../attempt.js';
import type { ClientStep, ReasonCode } from '../dialogue.js';
import type { EndSignal } from '../ending.js';
import { FIRST_TTL } from '../limits.js';
import type { LinkRequest } from '../links.js';
import { helloRow, type LoginWords, loginEvent } from '../login-event.js';
import type { BackendOptions } from '../options.js';
import { forwardedFields } from './forwarded.js';
import type { AttemptEnd, LoginAttempt } from './login-attempt.js';
import type { ClientTls } from './server-tls.js';

type IdPairs = readonly (readonly [name: string, value: string | null])[];

/** What is known of a client so far, and what becomes of it: requests for links, and lines of the login log. */
export class Client {
  readonly accepted: Accepted;
  readonly #services: Services;
  #fingerprint: ConnectionFingerprint | null = null;
  #recognition: Recognition | null = null;
  #tls: ClientTls | null = null;
  #claim: ClaimedIdentity | null = null;
  #clientId: IdPairs | null = null;
  #helo: string | null = null;

  constructor(accepted: Accepted, services: Services) {
    this.accepted = accepted;
    this.#services = services;
  }

  /** Its passwords do not travel in clear. */
  get secured(): boolean {
    return this.#tls !== null || this.accepted.tlsInFront;
  }

  readonly helloRead = (fingerprint: ConnectionFingerprint): void => {
    const { ports } = this.#services;
    this.#fingerprint = fingerprint;
    this.#recognition = ports.recognize?.(fingerprint.hello) ?? null;
    ports.recorder?.observation(helloRow(this.accepted, fingerprint));
  };

  tlsBegun(tls: ClientTls): void {
    this.#tls = tls;
    // What was said in clear is forgotten: anyone on the way could have said it. Not the claim of a trusted peer, though: Dovecot's proxy makes it before STARTTLS.
    this.#clientId = null;
    this.#helo = null;
  }

  /** Claims of a peer that is trusted; a later one adds to an earlier one. */
  claimed(identity: ClaimedIdentity): void {
    const before = this.#claim;
    this.#claim = before === null ? identity : merged(before, identity);
  }

  identified(pairs: IdPairs): void {
    this.#clientId = pairs;
  }

  greeted(helo: string): void {
    this.#helo = helo;
  }

  backendFor(user: string | null): BackendOptions | null {
    const serverName = this.#claim?.serverName ?? this.#serverName;
    return this.#services.route(this.accepted.listener, { serverName, user });
  }

  /** @throws SensorError where the login must not be passed on: the proxies it came through seem to form a circle */
  linkRequest(backend: BackendOptions, signal: EndSignal): LinkRequest {
    if ((this.#claim?.ttl ?? FIRST_TTL) <= 1) {
      const message = 'TTL reached zero: proxies appear to be looping';
      throw new SensorError('proxy_dest_internal_failure', 'ttl', 0, message);
    }
    const { listener } = this.accepted;
    return {
      backend,
      protocol: listener.protocol,
      remote: this.#remote,
      local: this.#local,
      tls: this.#tls,
      serverName: this.#serverName,
      identity: backend.forward ? this.#identity(backend) : null,
      signal,
    };
  }

  /** What is known of an attempt while it goes on. */
  facts({ attempt, user, backend, count }: LoginAttempt): LoginFacts {
    const { mechanism } = attempt;
    return this.#event({ outcome: 'none', attempt: count, user, mechanism, backend, reason: null, reasonCode: null });
  }

  /** An attempt that came to an answer, ours or a backend's. */
  attempted({ attempt, user, backend, count }: LoginAttempt, end: AttemptEnd): void {
    this.#log({
      outcome: outcomeOf(end),
      attempt: count,
      user,
      mechanism: attempt.mechanism,
      backend,
      reason: end.outcome === 'succeeded' ? null : end.text,
      reasonCode: end.reason,
      verdict: end.verdict ?? null,
    });
  }

  /** An attempt that was refused before it was one. */
  refused(step: Extract<ClientStep, { step: 'refused' }>, count: number): void {
    this.#log({
      outcome: 'refused',
      attempt: count,
      user: step.user,
      mechanism: step.mechanism,
      backend: null,
      reason: null,
      reasonCode: step.reason,
    });
  }

  leftWithoutAttempt(reason: ReasonCode, text: string | null, backend: string | null = null): void {
    this.#log({ outcome: 'none', attempt: 0, user: null, mechanism: null, backend, reason: text, reasonCode: reason });
  }

  get #serverName(): string | null {
    return this.#fingerprint?.hello.serverName ?? null;
  }

  get #remote() {
    return this.#claim?.remote ?? this.accepted.remote;
  }

  get #local() {
    return this.#claim?.local ?? this.accepted.local;
  }

  get #session(): string {
    return this.#claim?.session ?? this.accepted.session;
  }

  #identity(backend: BackendOptions): ForwardedIdentity {
    const hello = { fingerprint: this.#fingerprint, recognition: this.#recognition };
    const claimed = this.#claim?.forward ?? [];
    return {
      remote: this.#remote,
      local: this.#local,
      session: this.#session,
      ttl: (this.#claim?.ttl ?? FIRST_TTL) - 1,
      tls: this.#claim?.tls ?? this.secured,
      serverName: this.#claim?.serverName ?? this.#serverName,
      forward: forwardedFields(backend.forwardFields, hello, this.#services.options.openssl, claimed),
      clientId: this.#clientId,
      ...(this.#helo !== null && { helo: this.#helo }),
    };
  }

  /** Handed to the log before the client hears anything. */
  #log(words: LoginWords): void {
    const login = this.#event(words);
    const { log, recorder } = this.#services.ports;
    log.write(login);
    recorder?.login(login);
  }

  #event(words: LoginWords): ProxiedLogin {
    return loginEvent(
      this.accepted,
      {
        remote: this.#remote,
        local: this.#local,
        session: this.#session,
        fingerprint: this.#fingerprint,
        recognition: this.#recognition,
        tls: this.#tls,
        secured: this.secured,
        clientId: this.#clientId,
      },
      words,
    );
  }
}

/** The later claim, and of the earlier one what that leaves out. */
function merged(before: ClaimedIdentity, after: ClaimedIdentity): ClaimedIdentity {
  return {
    remote: after.remote ?? before.remote,
    local: after.local ?? before.local,
    session: after.session ?? before.session,
    ttl: after.ttl ?? before.ttl,
    tls: after.tls ?? before.tls,
    serverName: after.serverName ?? before.serverName,
    forward: [...before.forward, ...after.forward],
  };
}

/** `unavailable` is a refusal, and so is a policy's no: the credentials were not the reason. */
function outcomeOf({ outcome, reason }: AttemptEnd): LoginOutcome {
  return outcome === 'unavailable' || reason === 'policy_refused' ? 'refused' : outcome;
}
