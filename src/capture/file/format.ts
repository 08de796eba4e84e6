import type { SensorError } from '../../errors.js';
import type { Timestamp } from '../../model/index.js';

/** Receives each packet of a capture. The bytes are a window that is overwritten later: keep a copy, never a reference. */
export interface PacketSink {
  /**
   * @param linkType LINKTYPE_ number of the interface, upper bits masked
   * @param originalLength length on the wire; larger than `end - start` where the snap length cut the packet
   */
  packet(bytes: Uint8Array, start: number, end: number, linkType: number, originalLength: number): void;
  /** Whether packets in which there is nothing (`isDull`) may be passed over: they are only counted then. Asked again and again. */
  readonly passesOver: boolean;
  /** So many packets were passed over, of which so many were cut by the snap length. */
  passedOver(packets: number, cut: number): void;
}

/** Where the reader stands: asked by whoever needs to know which packet it is looking at. */
export interface PacketClock {
  /** Number of the current packet, from 1. */
  readonly frame: number;
  /** Whole seconds of its capture time, close enough for expiry. */
  readonly seconds: number;
  /** Its exact capture time; only valid while the packet is being handled. */
  timestamp(): Timestamp;
}

/**
 * One file format. `walk` handles every complete record of bytes[from, to) and returns where it stopped: the first byte of the record that is
 * not complete yet. What it announces beyond the window it takes by `skip`.
 */
export interface CaptureFormat extends PacketClock {
  walk(bytes: Uint8Array, from: number, to: number, fileOffset: number): number;
  /** Bytes past the window's end that hold nothing of interest: the reader throws them away. */
  takeSkip(): number;
  /** File offset of the record that `takeSkip` spoke of last. */
  readonly skippedFrom: number;
  /** The input ended with `left` bytes unread, at `fileOffset`: null where that is a proper end. */
  atEnd(left: number, fileOffset: number): SensorError | null;
}
