import type { Dialogue, DialogueStep, Side } from './dialect.js';
import { MAX_OPENING } from './limits.js';
import { dialects } from './registry.js';

export interface FoundStep extends DialogueStep {
  /** The dialogue's name once it is known which one this is, else null. */
  readonly name: string | null;
}

/** For every first byte of a side that was met, the dialects (a bit each) that may begin with it. To ask for all 256 at the start would take 2 ms. */
const firstBytes: Readonly<Record<Side, (number | undefined)[]>> = {
  client: [],
  server: [],
};

/** Asked of the dialects themselves, once. */
function openers(side: Side, byte: number): number {
  let mask = firstBytes[side][byte];
  if (mask === undefined) {
    const bytes = Uint8Array.of(byte);
    mask = dialects.reduce((some, dialect, i) => (dialect.opens(side, bytes) === 'no' ? some : some | (1 << i)), 0);
    firstBytes[side][byte] = mask;
  }
  return mask;
}

/** Can any dialect begin with this byte? Two array reads: most connections need no finder at all. */
export function mayOpen(side: Side, firstByte: number): boolean {
  return openers(side, firstByte) !== 0;
}

/**
 * Finds the dialect of a connection from its first bytes and follows it. A pure machine, used as a {@link Dialogue} is: the caller keeps what was not
 * consumed and gives it again. Nothing is consumed before one dialect remains, so every dialogue starts with byte 0.
 *
 * A dialect is out when either side's bytes are not its own; the last one left is it as soon as its bytes fit. When none is left, or a
 * side's first `MAX_OPENING` bytes leave it open, the verdict is `unknown` with name null.
 */
export class DialogueFinder {
  private candidates = 0xffffffff;
  /** Candidates whose bytes fit on one side at least. */
  private fitting = 0;
  private dialogue: Dialogue | null = null;

  /** The dialogue's name once it is known which one this is, else null. */
  get name(): string | null {
    return this.dialogue?.name ?? null;
  }

  push(side: Side, bytes: Uint8Array): FoundStep {
    if (this.dialogue === null) {
      if (bytes.length > 0) this.look(side, bytes);
      if (this.dialogue === null) {
        return { consumed: 0, verdict: this.candidates === 0 ? 'unknown' : 'more', name: null };
      }
    }
    const { consumed, verdict } = this.dialogue.push(side, bytes);
    return { consumed, verdict, name: this.dialogue.name };
  }

  private look(side: Side, bytes: Uint8Array): void {
    this.candidates &= openers(side, bytes[0]!);
    for (let left = this.candidates; left !== 0; left &= left - 1) {
      const bit = left & -left;
      const opening = dialects[31 - Math.clz32(bit)]!.opens(side, bytes);
      if (opening === 'no') this.candidates &= ~bit;
      else if (opening === 'yes') this.fitting |= bit;
    }
    const last = this.candidates !== 0 && (this.candidates & (this.candidates - 1)) === 0;
    if (last && (this.candidates & this.fitting) !== 0) {
      this.dialogue = dialects[31 - Math.clz32(this.candidates)]!.start();
    } else if (bytes.length >= MAX_OPENING) {
      this.candidates = 0;
    }
  }
}

/** A search for the dialect of one connection. */
export function openDialogue(): DialogueFinder {
  return new DialogueFinder();
}
