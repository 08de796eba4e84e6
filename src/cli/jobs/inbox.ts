import type { FilePart } from './messages.js';

/** Parts of a file that wait for its turn. */
export class Inbox {
  #parts: FilePart[] = [];
  #taken = 0;
  #failure: { readonly error: unknown } | null = null;
  #wake: (() => void) | null = null;

  push(part: FilePart): void {
    this.#parts.push(part);
    this.#wakeReader();
  }

  /** The worker is no more. */
  fail(error: unknown): void {
    this.#failure = { error };
    this.#wakeReader();
  }

  /** The next part, as soon as there is one. */
  async next(): Promise<FilePart> {
    for (;;) {
      const part = this.#parts[this.#taken];
      if (part !== undefined) {
        this.#taken++;
        if (this.#taken === this.#parts.length) {
          this.#parts = [];
          this.#taken = 0;
        }
        return part;
      }
      if (this.#failure !== null) throw this.#failure.error;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #wakeReader(): void {
    this.#wake?.();
    this.#wake = null;
  }
}
