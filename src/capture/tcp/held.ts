import type { ByteBudget, ByteHolder } from '../../bytes/budget.js';
import type { Moment } from './moment.js';
import { sequenceAfter, sequenceDistance } from './sequence.js';

/** Bytes of one segment, kept. */
export interface Piece {
  readonly sequence: number;
  readonly bytes: Uint8Array;
  /** The packet they came in: what they complete at a connection's end belongs to it. */
  readonly moment: Moment;
}

/** What a kept piece takes beside its bytes: objects, a buffer and its view. Without it, many small pieces would cost memory that nobody counts. */
const pieceOverhead = 256;

/** Kept bytes of one direction, sorted by sequence number and free of overlap: what came first stays (reassembly.ts says why). */
export class HeldBytes implements ByteHolder {
  #pieces: Piece[] = [];
  #size = 0;
  readonly #budget: ByteBudget;

  constructor(budget: ByteBudget) {
    this.#budget = budget;
  }

  /** Bytes of memory taken, not bytes of the stream. */
  get size(): number {
    return this.#size;
  }

  /** Keeps a copy of those of the bytes that are not here yet. */
  add(sequence: number, bytes: Uint8Array, start: number, end: number, moment: Moment): void {
    let from = start;
    let at = sequence;
    // Segments mostly arrive in order: look for the place from the back.
    let index = this.#pieces.length;
    while (index > 0 && sequenceDistance(this.#pieces[index - 1]!.sequence, sequence) > 0) index--;
    if (index > 0) index--;
    while (from < end) {
      const piece = this.#pieces[index];
      const room = piece === undefined ? end - from : Math.min(end - from, sequenceDistance(piece.sequence, at));
      if (room > 0) {
        this.#pieces.splice(index, 0, { sequence: at, bytes: bytes.slice(from, from + room), moment });
        this.#size += room + pieceOverhead;
        from += room;
        at = sequenceAfter(at, room);
      } else {
        // `at` lies in or behind this piece: step over what is here already.
        const covered = sequenceDistance(sequenceAfter(piece!.sequence, piece!.bytes.length), at);
        if (covered > 0) {
          from += covered;
          at = sequenceAfter(at, covered);
        }
      }
      index++;
    }
    this.#budget.set(this, this.#size);
  }

  /** The first piece that begins at or after a sequence number. */
  from(sequence: number): Piece | undefined {
    let low = 0;
    let high = this.#pieces.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sequenceDistance(this.#pieces[middle]!.sequence, sequence) < 0) low = middle + 1;
      else high = middle;
    }
    return this.#pieces[low];
  }

  /** Drops the pieces before a sequence number. */
  forgetBefore(sequence: number): void {
    let count = 0;
    for (const piece of this.#pieces) {
      if (sequenceDistance(piece.sequence, sequence) >= 0) break;
      this.#size -= piece.bytes.length + pieceOverhead;
      count++;
    }
    if (count === 0) return;
    this.#pieces.splice(0, count);
    this.#budget.set(this, this.#size);
  }

  release(): void {
    this.dropHeld();
    this.#budget.set(this, 0);
  }

  dropHeld(): void {
    this.#pieces = [];
    this.#size = 0;
  }
}
