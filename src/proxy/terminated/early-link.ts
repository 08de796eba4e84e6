import { hangUp } from '../hang-up.js';
import type { ReadyLink } from '../links.js';

/**
 * A link that is made before the client speaks, because the backend's greeting is the client's (APOP). While the client takes its time the backend may lose its
 * patience: a link that has ended, or on which anything was said that nobody asked for (`-ERR Disconnected for inactivity.`), is no answer to a login, and of no use.
 */
export class EarlyLink {
  static #waiting = 0;
  readonly #link: ReadyLink;
  /** Broken, dropped, or taken. */
  #isGone = false;

  /** @param link nobody else reads from it until {@link take} */
  constructor(link: ReadyLink) {
    EarlyLink.#waiting++;
    this.#link = link;
    const { stream } = link;
    for (const event of ['readable', 'end', 'close', 'error']) stream.on(event, this.drop);
    // 'close' and 'end' are told once, and may have been.
    if (stream.destroyed || stream.readableEnded) this.drop();
  }

  /** Those of this process that wait for a login. */
  static get waiting(): number {
    return EarlyLink.#waiting;
  }

  /** What the backend said of itself; it said so, whatever became of the link. */
  get introduction(): ReadyLink['introduction'] {
    return this.#link.introduction;
  }

  /** @returns the link, for a login, with none of our listeners; null where it has broken */
  take(): ReadyLink | null {
    if (this.#isGone) return null;
    this.#isGone = true;
    this.#unlisten();
    return this.#link;
  }

  /** Nobody needs it any more; one that was taken is left to whoever has it. */
  readonly drop = (): void => {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#unlisten();
    hangUp(this.#link.stream);
  };

  /** Once, when it is gone. */
  #unlisten(): void {
    EarlyLink.#waiting--;
    for (const event of ['readable', 'end', 'close', 'error']) this.#link.stream.off(event, this.drop);
  }
}
