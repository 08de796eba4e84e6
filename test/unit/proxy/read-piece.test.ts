import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { MAX_PIECE } from '../../../src/proxy/limits.js';
import { readPiece } from '../../../src/proxy/read-piece.js';

describe('readPiece', () => {
  it('takes all there is, up to a piece, and leaves the rest', () => {
    const stream = new PassThrough();
    expect(readPiece(stream)).toBeNull();
    const bytes = Buffer.from(Array.from({ length: 2 * MAX_PIECE + 5 }, (_, i) => i));
    stream.write(bytes.subarray(0, 10));
    stream.write(bytes.subarray(10));
    const pieces = [readPiece(stream), readPiece(stream), readPiece(stream)];
    expect(pieces.map((piece) => piece?.length)).toEqual([MAX_PIECE, MAX_PIECE, 5]);
    expect(Buffer.concat(pieces.map((piece) => piece!))).toEqual(bytes);
    expect(readPiece(stream)).toBeNull();
  });
});
