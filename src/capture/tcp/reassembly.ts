import { ByteBudget } from '../../bytes/budget.js';
import type { Endpoint } from '../../endpoint.js';
import type { SegmentSink } from '../decode.js';
import type { PacketClock } from '../file/format.js';
import { type CaptureLimits, earlyBytes, idleSeconds, maxSequenceJump } from '../limits.js';
import type { Packet } from '../packet.js';
import { ConnectionTable, type Direction } from './connections.js';
import { HeldBytes } from './held.js';
import type { Moment } from './moment.js';
import { ACK, FIN, RST, SYN } from './segment.js';
import { sequenceAfter, sequenceDistance } from './sequence.js';
import type { StreamSink } from './stream.js';

// What is known of a direction, in the table's `state`.
/** `start` and `next` are set. */
const known = 1;
/** The start is no guess: a SYN said it, or enough has passed that nothing earlier is to come. */
const anchored = 2;
/** Nothing is missing between the SYN and `next`. */
const fromSyn = 4;
/** Bytes were handed on, and `next` follows them. */
const flowing = 8;
/** This direction opened the connection: it sent a SYN, or the other answered one. */
const opened = 16;

/**
 * Puts the TCP segments of every connection in order (RFC 9293 section 3.4), both directions on their own.
 *
 * Where segments overlap the first bytes win. Receivers differ in what they keep, but an honest sender repeats the same bytes; where they
 * differ someone forges, and what a receiver has acknowledged it does not take back. It is also the only rule that never changes a row already
 * printed.
 *
 * A capture that begins inside a connection has no first sequence number. Its first segment is taken for the start, and what follows is kept for a
 * while: bytes from before it that turn up late move the start back, and the direction is delivered again from there.
 */
export class Reassembler implements SegmentSink {
  connections = 0;
  /** Directions in which missing bytes were given up because too much was held behind them. */
  gapsSkipped = 0;
  readonly budget: ByteBudget;
  readonly #limits: CaptureLimits;
  readonly #clock: PacketClock;
  readonly #sink: StreamSink;
  readonly #table: ConnectionTable;
  /** [slot * 2 + direction] */
  readonly #held: (HeldBytes | undefined)[] = [];
  /** A connection's held rest is being delivered, */
  #ending = false;
  /** in the name of the last of the packets that brought it. */
  #moment: Moment | null = null;

  constructor(sink: StreamSink, clock: PacketClock, limits: CaptureLimits) {
    this.#sink = sink;
    this.#clock = clock;
    this.#limits = limits;
    this.budget = new ByteBudget(limits.heldInAll);
    this.#table = new ConnectionTable(limits.connections, (slot) => this.#end(slot));
  }

  /** Connections that had to make room for others. */
  get evicted(): number {
    return this.#table.evicted;
  }

  /** The packet that completed what is being delivered. */
  moment(): Moment {
    return this.#moment ?? { frame: this.#clock.frame, timestamp: this.#clock.timestamp() };
  }

  /** The end that sends in this direction. */
  sender(slot: number, direction: Direction): Endpoint {
    return this.#table.sender(slot, direction);
  }

  /** The direction that opened the connection; where its SYN was not captured, the one from the higher port. */
  opener(slot: number): Direction {
    const table = this.#table;
    if ((table.state[slot * 2]! & opened) !== 0) return 0;
    if ((table.state[slot * 2 + 1]! & opened) !== 0) return 1;
    return table.sender(slot, 0).port >= table.sender(slot, 1).port ? 0 : 1;
  }

  segment(bytes: Uint8Array, packet: Packet): void {
    const start = packet.at;
    const end = packet.end;
    const flags = packet.flags;
    // Bare acknowledgements change nothing here, and are half the packets of most captures.
    if (start >= end && (flags & (SYN | FIN | RST)) === 0) return;

    const table = this.#table;
    const seconds = this.#clock.seconds;
    let slot = table.find(packet.family, packet.address, packet.sourcePort, packet.destinationPort, seconds);
    const direction = table.direction;
    if (slot < 0) {
      if (start >= end && (flags & SYN) === 0) return;
      slot = table.insert(packet.family, seconds);
      this.connections++;
    } else if (table.silent > idleSeconds && table.wanted[slot] === 0) {
      // What was of interest here is long over: these may be the same ends with another connection, its SYN not captured.
      this.#restart(slot);
    }
    let sequence = packet.sequence;
    if ((flags & SYN) !== 0) {
      // RFC 9293 section 3.4: a SYN takes one sequence number, data in its segment follows it.
      sequence = sequenceAfter(sequence, 1);
      this.#synchronise(slot, direction, sequence, (flags & ACK) !== 0);
    }
    if ((flags & (FIN | RST)) !== 0) table.close(slot);
    if (start < end && (table.wanted[slot]! & (1 << direction)) !== 0) {
      this.#payload(slot, direction, sequence, bytes, start, end);
    }
  }

  /** The capture is over: what is still held is delivered across its gaps, and every connection ends. */
  finish(): void {
    const { wanted } = this.#table;
    this.#table.forEach((slot) => {
      // Of most connections nobody wants anything any more.
      if (wanted[slot] !== 0) this.#end(slot);
    });
  }

  /** A SYN says where its direction starts. One that says something else than before opens another connection between the same ends. */
  #synchronise(slot: number, direction: Direction, first: number, isReply: boolean): void {
    const table = this.#table;
    const at = slot * 2 + direction;
    const state = table.state[at]!;
    if (isReply) table.state[slot * 2 + 1 - direction] = table.state[slot * 2 + 1 - direction]! | opened;
    const opener = isReply ? 0 : opened;
    if ((state & known) !== 0) {
      const distance = sequenceDistance(first, table.start[at]!);
      if ((state & anchored) !== 0 && distance === 0) return; // the same SYN again
      if ((state & anchored) === 0 && distance <= 0 && distance > -earlyBytes) {
        // The SYN turned up late: it confirms the start that was guessed, or moves it back.
        if (distance < 0) this.#moveStart(at, first);
        table.state[at] = table.state[at]! | anchored | fromSyn | opener;
        this.#held[at]?.forgetBefore(table.next[at]!);
        return;
      }
      // A server may answer one SYN twice with different numbers (SYN cookies, load balancers): only its own direction begins anew.
      if (isReply) this.#release(at);
      else this.#restart(slot);
    } else if (!isReply && (table.state[slot * 2 + 1 - direction]! & (flowing | fromSyn)) === flowing) {
      // A client opens a connection, and the other side's bytes so far came without a SYN: they belong to an earlier one.
      this.#restart(slot);
    }
    table.state[at] = known | anchored | fromSyn | opener;
    table.start[at] = first;
    table.next[at] = first;
  }

  #payload(slot: number, direction: Direction, sequence: number, bytes: Uint8Array, start: number, end: number): void {
    const table = this.#table;
    const at = slot * 2 + direction;
    if ((table.state[at]! & known) === 0) this.#guessStart(at, sequence);
    const distance = sequenceDistance(sequence, table.next[at]!);
    const isAnchored = (table.state[at]! & anchored) !== 0;
    if (distance === 0 && isAnchored && this.#held[at] === undefined) {
      this.#deliver(slot, direction, bytes, start, end);
      return;
    }
    if (distance > maxSequenceJump || distance < -maxSequenceJump) {
      // No window is that large: another connection between the same ends, whose SYN was not captured.
      this.#release(at);
      this.#guessStart(at, sequence);
      this.#hold(slot, direction, sequence, bytes, start, end);
      return;
    }
    if (isAnchored && distance < 0) {
      // A retransmission, or a keep-alive (RFC 9293 section 3.8.4); what it brings beyond the known is new.
      if (distance + end - start > 0) this.#payload(slot, direction, table.next[at]!, bytes, start - distance, end);
      return;
    }
    if (!isAnchored) {
      const beforeStart = sequenceDistance(sequence, table.start[at]!);
      if (beforeStart <= -earlyBytes) return;
      if (beforeStart < 0) this.#moveStart(at, sequence);
    }
    this.#hold(slot, direction, sequence, bytes, start, end);
  }

  #guessStart(at: number, sequence: number): void {
    this.#table.state[at] = (this.#table.state[at]! & opened) | known;
    this.#table.start[at] = sequence;
    this.#table.next[at] = sequence;
  }

  /** The direction is delivered again, from an earlier byte on; what is kept of it follows. */
  #moveStart(at: number, sequence: number): void {
    this.#table.start[at] = sequence;
    this.#table.next[at] = sequence;
    this.#table.state[at] = this.#table.state[at]! & ~flowing;
  }

  #hold(slot: number, direction: Direction, sequence: number, bytes: Uint8Array, start: number, end: number): void {
    const at = slot * 2 + direction;
    let held = this.#held[at];
    if (held === undefined) {
      held = new HeldBytes(this.budget);
      this.#held[at] = held;
    }
    held.add(sequence, bytes, start, end, this.moment());
    this.#drain(slot, direction, held);
    if (held.size <= this.#limits.heldPerDirection) return;
    if (this.#skipGap(at, held)) this.gapsSkipped++;
    // All of it was delivered already, in very small pieces. Each step back of the start would deliver them all once more.
    else this.#table.state[at] = this.#table.state[at]! | anchored;
    this.#drain(slot, direction, held);
  }

  /** Delivers what has become in order. A guessed start keeps what it delivers until it is anchored. */
  #drain(slot: number, direction: Direction, held: HeldBytes): void {
    const table = this.#table;
    const at = slot * 2 + direction;
    for (;;) {
      const piece = held.from(table.next[at]!);
      if (piece === undefined || piece.sequence !== table.next[at]) break;
      if (this.#ending && (this.#moment === null || piece.moment.frame > this.#moment.frame)) {
        this.#moment = piece.moment;
      }
      this.#deliver(slot, direction, piece.bytes, 0, piece.bytes.length);
      if ((table.wanted[slot]! & (1 << direction)) === 0) break;
    }
    if ((table.state[at]! & anchored) === 0 && sequenceDistance(table.next[at]!, table.start[at]!) >= earlyBytes) {
      table.state[at] = table.state[at]! | anchored;
    }
    if ((table.state[at]! & anchored) !== 0) held.forgetBefore(table.next[at]!);
    if (held.size === 0 || (table.wanted[slot]! & (1 << direction)) === 0) this.#release(at);
  }

  /** Gives up the bytes missing before the next held piece. false: nothing is held beyond `next`. */
  #skipGap(at: number, held: HeldBytes): boolean {
    const table = this.#table;
    const piece = held.from(table.next[at]!);
    if (piece === undefined) return false;
    table.next[at] = piece.sequence;
    table.state[at] = (table.state[at]! | anchored) & ~(flowing | fromSyn);
    return true;
  }

  #deliver(slot: number, direction: Direction, bytes: Uint8Array, start: number, end: number): void {
    const table = this.#table;
    const at = slot * 2 + direction;
    const state = table.state[at]!;
    const how = (state & flowing) !== 0 ? 'next' : (state & fromSyn) !== 0 ? 'first' : 'after_gap';
    table.next[at] = sequenceAfter(table.next[at]!, end - start);
    table.state[at] = state | flowing;
    const wanted = this.#sink.bytes(slot, direction, bytes, start, end, how) & table.wanted[slot]!;
    table.wanted[slot] = wanted;
    if ((wanted & (2 >> direction)) === 0) this.#release(slot * 2 + 1 - direction);
  }

  #release(at: number): void {
    this.#held[at]?.release();
    this.#held[at] = undefined;
  }

  #restart(slot: number): void {
    this.#end(slot);
    this.#table.reset(slot);
    this.connections++;
  }

  /** The connection ends: held bytes are delivered across their gaps, in the name of the packets that brought them. */
  #end(slot: number): void {
    this.#ending = true;
    for (const direction of [0, 1] as const) {
      const at = slot * 2 + direction;
      const held = this.#held[at];
      while (held !== undefined && (this.#table.wanted[slot]! & (1 << direction)) !== 0 && this.#skipGap(at, held)) {
        this.#drain(slot, direction, held);
      }
      this.#release(at);
      this.#moment = null;
    }
    this.#ending = false;
    this.#sink.closed(slot);
  }
}
