/**
 * Something that is opened later, and what is asked of it before. A proxy binds its ports as root; its files are opened when root's rights are given up, so that they
 * belong to whom the process has become, and a connection may come in between.
 */
export class Late<T> {
  #target: T | null = null;
  #waiting: ((target: T) => void)[] = [];

  /** null before it is opened. */
  get target(): T | null {
    return this.#target;
  }

  /** At once where it is open, else when it is. */
  run(action: (target: T) => void): void {
    if (this.#target === null) this.#waiting.push(action);
    else action(this.#target);
  }

  open(target: T): void {
    this.#target = target;
    for (const action of this.#waiting) action(target);
    this.#waiting = [];
  }
}
