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
  fragments: Fragment[];
  held: number;
  /** Length of the whole payload, known once the last fragment was seen. */
  length: number;
}

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
    if (length <= 0 || offset + length > maxDatagram) return;
    this.#expire();
    const key = `${packet.family}|${packet.family === 4 ? `${packet.address[3]}|${packet.address[7]}` : packet.address.join('|')}|${id}|${protocol}`;
    let datagram = this.#datagrams.get(key);
    if (datagram === undefined) {
      if (this.#datagrams.size >= this.#limits.fragmentedDatagrams) this.#dropOldest();
      datagram = { protocol, since: this.#clock.seconds, fragments: [], held: 0, length: -1 };
      this.#datagrams.set(key, datagram);
    }
    // RFC 791 section 3.2: every fragment but the last is a multiple of eight. One that is not cannot be followed.
    if (more && (length & 7) !== 0) return;
    if (!more && datagram.length < 0) datagram.length = offset + length;
    if (datagram.fragments.some((f) => f.offset === offset && f.bytes.length >= length)) return;
    while (this.#held + length > this.#limits.fragmentBytes && this.#datagrams.size > 1) this.#dropOldest();
    datagram.fragments.push({ offset, bytes: bytes.slice(packet.at, packet.end) });
    datagram.held += length;
    this.#held += length;
    if (datagram.length >= 0 && datagram.held >= datagram.length) {
      const whole = assemble(datagram);
      if (whole === null) return;
      this.#forget(key, datagram);
      this.#whole = { protocol, bytes: whole };
    }
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

  #dropOldest(): void {
    for (const [key, datagram] of this.#datagrams) {
      this.dropped++;
      this.#forget(key, datagram);
      return;
    }
  }

  #forget(key: string, datagram: Datagram): void {
    this.#held -= datagram.held;
    this.#datagrams.delete(key);
  }
}

/** Earlier arrivals are laid down last, so that the first bytes win. null: there is still a hole. */
function assemble(datagram: Datagram): Uint8Array | null {
  const ordered = [...datagram.fragments].sort((a, b) => a.offset - b.offset);
  let reached = 0;
  for (const fragment of ordered) {
    if (fragment.offset > reached) return null;
    reached = Math.max(reached, fragment.offset + fragment.bytes.length);
  }
  if (reached < datagram.length) return null;
  const whole = new Uint8Array(reached);
  for (const fragment of datagram.fragments.toReversed()) whole.set(fragment.bytes, fragment.offset);
  return whole.subarray(0, datagram.length);
}
