import type { PacketClock } from '../file/format.js';
import { type CaptureLimits, fragmentSeconds } from '../limits.js';
import type { Packet } from '../packet.js';

/** Largest payload of an IP datagram. */
const maxDatagram = 65_535;

interface Fragment {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

interface Datagram {
  readonly protocol: number;
  readonly since: number;
  /** Sorted by offset and free of overlap. */
  readonly fragments: Fragment[];
  /** Bytes of the payload that are here. */
  covered: number;
  /** Memory taken. */
  cost: number;
  /** Length of the whole payload, -1 until the last fragment was seen. */
  length: number;
}

/** What a kept fragment takes beside its bytes. */
const fragmentOverhead = 256;

/** A datagram put together again. The addresses are still in the packet that completed it. */
export interface WholeDatagram {
  readonly protocol: number;
  readonly bytes: Uint8Array;
}

/**
 * Puts fragmented datagrams together (RFC 791 section 3.2, RFC 8200 section 4.5). Bounded in number, bytes and capture time: the oldest makes room.
 * Where fragments overlap, the first bytes win, as with TCP segments.
 */
export class FragmentStore {
  /** Datagrams dropped unfinished because a limit was reached. */
  dropped = 0;
  readonly #clock: PacketClock;
  readonly #limits: CaptureLimits;
  readonly #datagrams = new Map<string, Datagram>();
  #held = 0;
  #whole: WholeDatagram | null = null;

  constructor(clock: PacketClock, limits: CaptureLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Takes the packet's unread bytes as a fragment; `take` then tells whether that completed the datagram. */
  add(bytes: Uint8Array, packet: Packet, id: number, protocol: number, offset: number, more: boolean): void {
    const length = packet.end - packet.at;
    const end = offset + length;
    if (length <= 0 || end > maxDatagram) return;
    // RFC 791 section 3.2: every fragment but the last is a multiple of eight. One that is not cannot be followed.
    if (more && (length & 7) !== 0) return;
    this.#expire();
    const key = `${packet.family}|${packet.family === 4 ? `${packet.address[3]}|${packet.address[7]}` : packet.address.join('|')}|${id}|${protocol}`;
    let datagram = this.#datagrams.get(key);
    if (datagram === undefined) {
      if (this.#datagrams.size >= this.#limits.fragmentedDatagrams) this.#dropOldest();
      datagram = { protocol, since: this.#clock.seconds, fragments: [], covered: 0, cost: 0, length: -1 };
      this.#datagrams.set(key, datagram);
    }
    if (datagram.length >= 0) {
      if (end > datagram.length) return;
    } else if (!more) {
      const last = datagram.fragments.at(-1);
      if (last !== undefined && last.offset + last.bytes.length > end) return; // the first word counts, of the length too
      datagram.length = end;
    }
    while (this.#held + length + fragmentOverhead > this.#limits.fragmentBytes) {
      if (this.#dropOldest() === datagram) return;
    }
    this.#keep(datagram, bytes, packet.at, offset, end);
    if (datagram.covered === datagram.length) {
      this.#forget(key, datagram);
      this.#whole = { protocol, bytes: joined(datagram) };
    }
  }

  /** Keeps a copy of those of the payload's bytes [offset, end) that are not here yet. */
  #keep(datagram: Datagram, bytes: Uint8Array, start: number, offset: number, end: number): void {
    const { fragments } = datagram;
    const before = datagram.cost;
    let index = firstEndingAfter(fragments, offset);
    for (let at = offset; at < end; index++) {
      const next = fragments[index];
      const room = Math.min(end, next?.offset ?? end) - at;
      if (room > 0) {
        const from = start + at - offset;
        fragments.splice(index, 0, { offset: at, bytes: bytes.slice(from, from + room) });
        datagram.covered += room;
        datagram.cost += room + fragmentOverhead;
        at += room;
      } else at = next!.offset + next!.bytes.length;
    }
    this.#held += datagram.cost - before;
  }

  /** The datagram the last `add` completed, once. */
  take(): WholeDatagram | null {
    const whole = this.#whole;
    this.#whole = null;
    return whole;
  }

  #expire(): void {
    // Maps keep the order of insertion: the first is the oldest.
    for (const [key, datagram] of this.#datagrams) {
      if (this.#clock.seconds - datagram.since <= fragmentSeconds) return;
      this.#forget(key, datagram);
    }
  }

  #dropOldest(): Datagram | undefined {
    for (const [key, datagram] of this.#datagrams) {
      this.dropped++;
      this.#forget(key, datagram);
      return datagram;
    }
    return undefined;
  }

  #forget(key: string, datagram: Datagram): void {
    this.#held -= datagram.cost;
    this.#datagrams.delete(key);
  }
}

/** Index of the first fragment that ends behind an offset. */
function firstEndingAfter(fragments: readonly Fragment[], offset: number): number {
  let low = 0;
  let high = fragments.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const { offset: at, bytes } = fragments[middle]!;
    if (at + bytes.length <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

function joined(datagram: Datagram): Uint8Array {
  const whole = new Uint8Array(datagram.length);
  for (const fragment of datagram.fragments) whole.set(fragment.bytes, fragment.offset);
  return whole;
}
