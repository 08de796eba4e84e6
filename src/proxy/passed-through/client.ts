import type { ConnectionFingerprint } from '../../socket/index.js';
import type { Accepted, Services } from '../accepted.js';
import type { ClientStep, ReasonCode } from '../dialogue.js';
import type { EndSignal } from '../ending.js';
import type { LinkRequest } from '../links.js';
import { helloRow, type LoginWords, loginEvent } from '../login-event.js';
import type { BackendOptions } from '../options.js';

/** What is known of a client whose TLS is passed through, and what is told of it. */
export class PassedClient {
  readonly #accepted: Accepted;
  readonly #services: Services;
  #fingerprint: ConnectionFingerprint | null = null;
  #attempts = 0;

  constructor(accepted: Accepted, services: Services) {
    this.#accepted = accepted;
    this.#services = services;
  }

  /** A hello has come; a second one, after a HelloRetryRequest, takes the first one's place, as for a Dovecot behind us. */
  helloRead(fingerprint: ConnectionFingerprint): void {
    this.#fingerprint = fingerprint;
  }

  /** Records the hello. For when it is on its way to the backend: fingerprints take time to compute, and who waits for an answer needs none. */
  recordHello(retry: boolean): void {
    if (this.#fingerprint === null) return;
    this.#services.ports.recorder?.observation(helloRow(this.#accepted, this.#fingerprint, retry));
  }

  backend(): BackendOptions | null {
    const serverName = this.#fingerprint?.hello.serverName ?? null;
    return this.#services.route(this.#accepted.listener, { serverName, user: null });
  }

  /** @param signal ends the attempt to link */
  linkRequest(backend: BackendOptions, signal: EndSignal): LinkRequest {
    const { listener, remote, local } = this.#accepted;
    const serverName = this.#fingerprint?.hello.serverName ?? null;
    return {
      backend,
      protocol: listener.protocol,
      remote,
      local,
      tls: null,
      serverName,
      identity: null,
      signal,
    };
  }

  /** It tried to log in in clear. */
  refused({ user, mechanism, reason }: Extract<ClientStep, { step: 'refused' }>): void {
    this.#attempts++;
    this.#log({ outcome: 'refused', user, mechanism, backend: null, reason: null, reasonCode: reason });
  }

  /** It has a backend, and its handshake with that goes on: what becomes of the login only the backend sees. */
  passed(backend: string): void {
    this.#log({ outcome: 'unseen', user: null, mechanism: null, backend, reason: null, reasonCode: null });
    // All has been said: a connection may be idle for days now.
    this.#fingerprint = null;
  }

  /** It came to no login; told only where there was no attempt that was told already. */
  left(reasonCode: ReasonCode, reason: string | null, backend: string | null = null): void {
    if (this.#attempts > 0 && this.#fingerprint === null) return;
    this.#log({ outcome: 'none', user: null, mechanism: null, backend, reason, reasonCode });
  }

  #log(words: Omit<LoginWords, 'attempt'>): void {
    const { ports } = this.#services;
    const { remote, local, session } = this.#accepted;
    const fingerprint = this.#fingerprint;
    const login = loginEvent(
      this.#accepted,
      {
        remote,
        local,
        session,
        fingerprint,
        // Not before: nothing of it is needed to pass the hello on.
        recognition: fingerprint === null ? null : (ports.recognize?.(fingerprint.hello) ?? null),
        tls: null,
        secured: fingerprint !== null,
        clientId: null,
      },
      { ...words, attempt: this.#attempts },
    );
    ports.log.write(login);
    ports.recorder?.login(login);
  }
}
