import type { Readable } from 'node:stream';
import { MAX_PIECE } from './limits.js';

/**
 * Takes the next bytes of a client, a piece at a time: a command of five bytes can have an answer of a thousand, and whether the client takes its answers can be asked only
 * between two pieces. What is left stays in the stream. null: nothing is there.
 */
export function readPiece(stream: Readable): Uint8Array | null {
  const { readableLength } = stream;
  return stream.read(readableLength > MAX_PIECE ? MAX_PIECE : undefined) as Uint8Array | null;
}
