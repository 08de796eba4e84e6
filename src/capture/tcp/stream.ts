import type { Direction } from './connections.js';

/** How a run of bytes relates to what its direction brought before. */
export type Continuity =
  /** The very next bytes. */
  | 'next'
  /** The first bytes of the direction: its SYN was seen. */
  | 'first'
  /** The capture began inside the connection, or bytes before these are missing: what this direction brought so far does not lead here. */
  | 'after_gap';

/** Receives each direction's bytes in order, as they become available. */
export interface StreamSink {
  /**
   * [start, end) of a buffer that is overwritten later: copy what is kept. Each call begins where a segment began.
   *
   * @returns the directions still wanted: bit 0 and bit 1. A direction once given up stays so until the connection ends.
   */
  bytes(slot: number, direction: Direction, bytes: Uint8Array, start: number, end: number, how: Continuity): number;
  /** The connection is over or forgotten; its slot may be used for another. */
  closed(slot: number): void;
}
