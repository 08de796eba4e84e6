/** Bytes of a slab. */
const SLAB_BYTES = 1 << 13;

/** What is longer gets memory of its own, so that no slab is given up half empty. */
const MAX_SHARED = SLAB_BYTES >> 1;

/**
 * Keeps copies of short byte strings, many to a piece of memory: an ArrayBuffer for each would cost more time than all else that is done with a hello
 * (700 ns against 100), and Node's own pool is behind four calls. A copy kept alone keeps its slab: what is kept for long counts so.
 */
export class Slab {
  #slab = new Uint8Array(0);
  #used = 0;

  copy(bytes: Uint8Array): Uint8Array {
    const length = bytes.length;
    if (length > MAX_SHARED) return bytes.slice();
    if (length > this.#slab.length - this.#used) {
      this.#slab = new Uint8Array(SLAB_BYTES);
      this.#used = 0;
    }
    const start = this.#used;
    this.#used = start + length;
    this.#slab.set(bytes, start);
    return this.#slab.subarray(start, start + length);
  }
}
