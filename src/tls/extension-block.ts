import { Reader } from '../bytes/reader.js';
import { SensorError } from '../errors.js';
import type { Extension, HelloNote } from '../model/index.js';

/**
 * The extensions of one hello (RFC 8446 section 4.2): types and places at once, contents when they are asked for, since a fingerprint needs few.
 */
export class ExtensionBlock {
  /** Types in wire order, duplicates included. */
  readonly types: number[] = [];
  /** One note for each extension whose content could not be read. */
  readonly notes: HelloNote[] = [];
  readonly #message: Uint8Array;
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];

  /**
   * @param message the handshake message the offsets count from
   * @param block the content of the extensions block in it; read to its end
   * @throws SensorError `truncated` where an extension overruns the block
   */
  constructor(message: Uint8Array, block: Reader) {
    this.#message = message;
    while (block.remaining > 0) {
      this.types.push(block.u16('extension_type'));
      const length = block.u16('extension_data');
      this.#starts.push(block.offset);
      block.skip(length, 'extension_data');
      this.#ends.push(block.offset);
    }
  }

  /** The content of the extension at this position of `types`. */
  body(index: number): Reader {
    return new Reader(this.#message, this.#starts[index]!, this.#ends[index]!);
  }

  /** Bytes in the content of the last extension of this type; null where there is none. */
  length(type: number): number | null {
    const index = this.types.lastIndexOf(type);
    return index < 0 ? null : this.body(index).remaining;
  }

  /**
   * What `read` makes of the last extension of this type; null where there is none, and null with a note where it is malformed. Call it once for
   * each type, or the note is there twice.
   */
  interpret<T>(type: number, read: (body: Reader) => T): T | null {
    const index = this.types.lastIndexOf(type);
    if (index < 0) return null;
    try {
      return read(this.body(index));
    } catch (error) {
      if (!(error instanceof SensorError)) throw error;
      this.notes.push({ code: error.code, field: error.field, offset: error.offset });
      return null;
    }
  }

  /** Every extension with its raw bytes: views of the message. */
  list(): Extension[] {
    return this.types.map((type, index) => ({
      type,
      data: this.#message.subarray(this.#starts[index]!, this.#ends[index]!),
    }));
  }
}
