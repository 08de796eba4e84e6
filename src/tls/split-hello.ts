import type { ClientHello } from '../model/index.js';
import { RECORD_HEADER_BYTES } from './record.js';
import { announcedClientHello, wholeClientHello } from './whole-hello.js';

/**
 * The second commonest case of a {@link HelloStream}, without one: a record that holds one whole ClientHello and nothing else, cut by TCP segments. Every
 * hello with a post-quantum key share comes so.
 */
export class SplitHello {
  readonly #bytes: Uint8Array;
  #have: number;

  private constructor(bytes: Uint8Array, have: number) {
    this.#bytes = bytes;
    this.#have = have;
  }

  /** null: the bytes do not begin so. At most a record is reserved, when its first nine bytes are there. */
  static begin(chunk: Uint8Array): SplitHello | null {
    const record = announcedClientHello(chunk);
    if (record === 0 || chunk.length >= RECORD_HEADER_BYTES + record) return null;
    const bytes = Buffer.allocUnsafe(RECORD_HEADER_BYTES + record);
    bytes.set(chunk);
    return new SplitHello(bytes, chunk.length);
  }

  /** Bytes of memory taken. */
  get size(): number {
    return this.#bytes.length;
  }

  /** What has come so far, for a HelloStream to start with. */
  get gathered(): Uint8Array {
    return this.#bytes.subarray(0, this.#have);
  }

  /** Takes what it still needs. How many bytes that was: fewer than the chunk has only where the record is complete. */
  push(chunk: Uint8Array): number {
    const taken = Math.min(chunk.length, this.#bytes.length - this.#have);
    this.#bytes.set(taken === chunk.length ? chunk : chunk.subarray(0, taken), this.#have);
    this.#have += taken;
    return taken;
  }

  get complete(): boolean {
    return this.#have === this.#bytes.length;
  }

  /** The hello, once complete. null is no verdict, as with {@link wholeClientHello}. */
  hello(): ClientHello | null {
    return wholeClientHello(this.#bytes);
  }
}
