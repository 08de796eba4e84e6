const inspect = Symbol.for('nodejs.util.inspect.custom');

/** Bytes that must never be shown: a password, SASL data. Whoever prints, logs or serialises one sees that something is there, and no more. */
export class Secret {
  readonly #bytes: Uint8Array;

  /** @param bytes taken over: {@link wipe} overwrites them, so hand in a copy of a buffer that others read */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get length(): number {
    return this.#bytes.length;
  }

  /** The bytes themselves; not to be kept. */
  reveal(): Uint8Array {
    return this.#bytes;
  }

  /** Overwrites them with zeros: for when the backend has had them. */
  wipe(): void {
    this.#bytes.fill(0);
  }

  toString(): string {
    return '(hidden)';
  }

  toJSON(): string {
    return '(hidden)';
  }

  [inspect](): string {
    return '(hidden)';
  }
}
