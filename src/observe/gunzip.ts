import { constants, createGunzip, type Gunzip } from 'node:zlib';
import { SensorError } from '../errors.js';
import { type ByteSource, ChunkSource } from './source.js';

/** Packed bytes read at once. */
const readBytes = 65_536;

/** Unpacked bytes handed on at once. Where the packed ones are damaged, those of the same portion are lost. */
const unpackedBytes = 65_536;

/** Packed bytes given to the unpacker at once. Each time costs two turns between threads, and a fifth of all time where they are no more than 16 KiB. */
const smallestPiece = 256;
const largestPiece = 65_536;

/**
 * The unpacked bytes; several members in a row are one file. What was unpacked before damage is delivered, then the read fails with `capture_cut` or
 * `capture_corrupt`.
 */
export class GzipSource extends ChunkSource {
  readonly #gunzip: Gunzip;
  readonly #packed: ByteSource;

  constructor(first: Uint8Array, packed: ByteSource) {
    // Z_SYNC_FLUSH hands out whatever can be unpacked, so that a stream still being written shows its packets at once.
    const gunzip = createGunzip({ chunkSize: unpackedBytes, flush: constants.Z_SYNC_FLUSH });
    super(unpacked(first, packed, gunzip));
    this.#gunzip = gunzip;
    this.#packed = packed;
  }

  /** Stops the pump first: the number of a closed descriptor may belong to the next file already. */
  override close(): void {
    this.#gunzip.destroy();
    super.close();
    this.#packed.close();
  }
}

async function* unpacked(first: Uint8Array, packed: ByteSource, gunzip: Gunzip): AsyncGenerator<Uint8Array> {
  let offset = 0;
  void feed(first, packed, gunzip);
  try {
    for await (const chunk of gunzip as AsyncIterable<Uint8Array>) {
      offset += chunk.length;
      yield chunk;
    }
  } catch (error) {
    if (error instanceof SensorError) throw error;
    throw (error as NodeJS.ErrnoException).code === 'Z_BUF_ERROR'
      ? new SensorError('capture_cut', 'gzip', offset, 'the gzip data end too early', { cause: error })
      : new SensorError('capture_corrupt', 'gzip', offset, 'the gzip data are damaged', { cause: error });
  }
}

/** Pumps packed bytes into the unpacker, no faster than it takes them; it ends, or is destroyed, with the source's error. */
async function feed(first: Uint8Array, packed: ByteSource, gunzip: Gunzip): Promise<void> {
  const space = new Uint8Array(readBytes);
  try {
    let position = 0;
    for (let chunk = first; chunk.length > 0; chunk = space.subarray(0, await packed.read(space))) {
      for (let at = 0; at < chunk.length; ) {
        const end = Math.min(chunk.length, at + pieceAt(position));
        await written(gunzip, chunk.subarray(at, end));
        if (gunzip.destroyed) return;
        position += end - at;
        at = end;
      }
    }
    gunzip.end();
  } catch (error) {
    gunzip.destroy(error as Error);
  }
}

/**
 * How much to unpack at once. Where the packed bytes are damaged, what was unpacked of the same piece is lost but for whole portions: a sixteenth of
 * what came before is little, where a portion is much.
 */
export function pieceAt(position: number): number {
  // Not shifted: beyond 2 GiB that is negative.
  return Math.max(smallestPiece, Math.min(largestPiece, Math.floor(position / 16)));
}

/** Resolves when the bytes were taken, or the unpacker is gone. */
function written(gunzip: Gunzip, chunk: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    gunzip.once('close', resolve);
    gunzip.write(chunk, () => {
      gunzip.off('close', resolve);
      resolve();
    });
  });
}
