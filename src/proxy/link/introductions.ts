import type { BackendIntroduction } from '../dialogue.js';

/**
 * What backends said of themselves last. A backend that takes a client for one without TLS offers less (LOGINDISABLED, no AUTH=PLAIN): what it said to clients with TLS
 * counts, and the other only while there is nothing better.
 */
export class Introductions {
  readonly #secured = new Map<string, BackendIntroduction>();
  readonly #plain = new Map<string, BackendIntroduction>();

  /** @param secured the backend knew that its client had TLS, or had it itself */
  learn(backend: string, introduction: BackendIntroduction, secured: boolean): void {
    (secured ? this.#secured : this.#plain).set(backend, introduction);
  }

  inherit(former: Introductions): void {
    for (const [backend, introduction] of former.#secured) this.#secured.set(backend, introduction);
    for (const [backend, introduction] of former.#plain) this.#plain.set(backend, introduction);
  }

  of(backend: string): BackendIntroduction | null {
    return this.#secured.get(backend) ?? this.#plain.get(backend) ?? null;
  }
}
