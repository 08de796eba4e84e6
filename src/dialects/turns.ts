import type { Dialogue, DialogueStep, Side, Verdict } from './dialect.js';

/** What `read` answers when the message at `at` is not all there yet. */
export const NEED_MORE = -1;
/** What `read` answers when the bytes at `at` are not of its protocol, or go over a limit. */
export const NOT_THIS = -2;

/**
 * A dialogue that reads one side at a time: every state names the side whose message comes next, and the other side's bytes wait. What it finds is
 * thereby a function of the two byte streams alone, however they were cut and whichever side's bytes came in first.
 *
 * Fields are `private`, not `#`: a test looks into them for what must not be kept.
 */
export abstract class TurnTaking implements Dialogue {
  abstract readonly name: string;
  /** The side whose message is read next. */
  protected turn: Side;
  private over: Verdict | null = null;
  private skipping = 0;

  constructor(first: Side) {
    this.turn = first;
  }

  push(side: Side, bytes: Uint8Array): DialogueStep {
    let at = 0;
    while (this.over === null) {
      if (side !== this.turn) return { consumed: at, verdict: at < bytes.length ? 'wait' : 'more' };
      if (this.skipping > 0) {
        const count = Math.min(this.skipping, bytes.length - at);
        this.skipping -= count;
        at += count;
      }
      if (at === bytes.length) return { consumed: at, verdict: 'more' };
      const end = this.read(bytes, at);
      if (end === NEED_MORE) return { consumed: at, verdict: 'more' };
      if (end === NOT_THIS) this.over = 'unknown';
      else at = end;
    }
    return { consumed: at, verdict: this.over };
  }

  /**
   * Reads the one message that starts at `at` (at least one byte is there), sets the turn, and returns the offset behind it, {@link NEED_MORE} or
   * {@link NOT_THIS}. Whoever needs more leaves the state as it was.
   */
  protected abstract read(bytes: Uint8Array, at: number): number;

  /** This message decides: the bytes up to its end are consumed, and nothing after them is read. */
  protected finish(verdict: 'tls' | 'tunnel' | 'ended'): void {
    this.over = verdict;
  }

  /** The next `count` bytes of the side that is read now carry nothing for us. */
  protected skip(count: number): void {
    this.skipping = count;
  }
}
