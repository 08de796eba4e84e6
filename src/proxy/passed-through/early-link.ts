import type { Accepted } from '../accepted.js';
import { hangUp } from '../hang-up.js';
import { MAX_EARLY_LINKS } from '../limits.js';
import type { RawLink } from '../links.js';

/** Of this process. */
let unused = 0;

/**
 * A link made while the client's hello is still on its way (docs/decisions/0012): where there is one backend for all, nothing in the hello decides about it.
 *
 * @param make links. Never rejects
 * @returns null where there are enough that wait for a hello already, or the hello is needed to choose a backend
 */
export function earlyLink<T>({ listener }: Accepted, make: () => Promise<RawLink | T>): EarlyLink<T> | null {
  if (listener.route.by !== 'static' || unused >= MAX_EARLY_LINKS) return null;
  return new EarlyLink(make());
}

export class EarlyLink<T> {
  readonly #made: Promise<RawLink | T>;

  constructor(made: Promise<RawLink | T>) {
    unused++;
    this.#made = made;
  }

  /** The hello is there. To be called once, or {@link drop} in its place. */
  take(): Promise<RawLink | T> {
    unused--;
    return this.#made;
  }

  /** There will be none. */
  async drop(): Promise<void> {
    unused--;
    const made = await this.#made;
    if (isLink(made)) hangUp(made.socket);
  }
}

function isLink<T>(made: RawLink | T): made is RawLink {
  return typeof made === 'object' && made !== null && 'socket' in made;
}
