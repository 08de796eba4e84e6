import { type Endpoint, formatIpv4, formatIpv6 } from '../../endpoint.js';
import { idleSeconds, lingerSeconds } from '../limits.js';

/** 0: sent by the end that sorts first, 1: by the other. Which of them is the client is for the reader of the bytes to find out. */
export type Direction = 0 | 1;

/** Words of a key: the two addresses (four words each) and both ports. */
const keyWords = 9;
const firstCapacity = 1_024;

/**
 * Live connections from which on silent ones are forgotten. Fewer cost little, and forgetting is not free of consequences: in captures merged out of
 * order, time goes back and a forgotten connection begins again.
 */
const sweepFrom = 16_384;

const isIpv6 = 1;
const isClosed = 2;
const wasUsed = 4;

/** Called before a connection's slot is given to another. */
export type Forget = (slot: number) => void;

/**
 * The connections seen, in an open-addressed hash table on typed arrays: an index of slots, and for each slot a key that is compared exactly. No
 * object and no string is made per packet; measured in bench/ against a Map on strings.
 *
 * ```
 *  #index   [ · | 7 | · | 2 | 3 | · ]     hash & mask, then the next until empty (linear probing)
 *                 |       |
 *  slot 7:  hash, key (9 words), flags, last seen, and what reassembly.ts keeps of both directions
 * ```
 *
 * Slots are reused: by connections long silent (capture time), by closed ones after a while, and, at the ceiling, by those not used since the hand
 * last came by (the second-chance rule).
 */
export class ConnectionTable {
  /** Connections forgotten because the ceiling was reached, though not closed yet. */
  evicted = 0;
  /** Of the key found or inserted last. */
  direction: Direction = 0;
  /** Seconds of capture time the connection found last had been silent. */
  silent = 0;

  /** Next expected sequence number, [slot * 2 + direction]. */
  next: Int32Array;
  /** First sequence number of the stream, as far as known. */
  start: Int32Array;
  /** What is known of a direction: reassembly.ts names the bits. */
  state: Uint8Array;
  /** Which directions anyone still wants: bit 0 and bit 1. */
  wanted: Uint8Array;

  readonly #ceiling: number;
  readonly #forget: Forget;
  /** Against keys chosen to collide. */
  readonly #seed = (Math.random() * 0x1_0000_0000) | 0;
  #capacity = firstCapacity;
  #index: Int32Array;
  #mask: number;
  #hashes: Int32Array;
  #keys: Int32Array;
  #flags: Uint8Array;
  #lastSeen: Int32Array;
  /** Slots given out at least once are [0, #used). */
  #used = 0;
  #free: number[] = [];
  #hand = 0;
  #live = 0;
  // The key in its sorted order, filled by #order.
  readonly #key = new Int32Array(keyWords);
  #hash = 0;

  constructor(ceiling: number, forget: Forget) {
    this.#ceiling = ceiling;
    this.#forget = forget;
    const capacity = this.#capacity;
    this.#index = new Int32Array(capacity * 2);
    this.#mask = capacity * 2 - 1;
    this.#hashes = new Int32Array(capacity);
    this.#keys = new Int32Array(capacity * keyWords);
    this.#flags = new Uint8Array(capacity);
    this.#lastSeen = new Int32Array(capacity);
    this.next = new Int32Array(capacity * 2);
    this.start = new Int32Array(capacity * 2);
    this.state = new Uint8Array(capacity * 2);
    this.wanted = new Uint8Array(capacity);
  }

  get live(): number {
    return this.#live;
  }

  /**
   * The slot of a connection, or -1. Sets `direction`, and remembers the key for an `insert` right after it.
   *
   * @param address as in Packet: source in words 0..3, destination in 4..7
   */
  find(family: 4 | 6, address: Int32Array, sourcePort: number, destinationPort: number, seconds: number): number {
    const key = this.#key;
    let hash = this.#seed;
    if (family === 4) {
      const source = address[3]!;
      const destination = address[7]!;
      if (source < destination || (source === destination && sourcePort <= destinationPort)) {
        this.direction = 0;
        key[3] = source;
        key[7] = destination;
        key[8] = (sourcePort << 16) | destinationPort;
      } else {
        this.direction = 1;
        key[3] = destination;
        key[7] = source;
        key[8] = (destinationPort << 16) | sourcePort;
      }
    } else {
      this.#orderIpv6(address, sourcePort, destinationPort);
      for (let word = 0; word < 7; word++) if (word !== 3) hash = Math.imul(hash ^ key[word]!, 0x01000193);
    }
    // A multiply-xorshift mix of the words (the finaliser of MurmurHash3).
    hash = Math.imul(hash ^ key[3]!, 0x9e3779b1);
    hash = Math.imul(hash ^ (hash >>> 15) ^ key[7]!, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13) ^ key[8]!, 0xc2b2ae35);
    hash ^= hash >>> 16;
    this.#hash = hash;

    const index = this.#index;
    const mask = this.#mask;
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const slot = index[at]! - 1;
      if (slot < 0) return -1;
      if (this.#hashes[slot] === hash && this.#same(slot, family)) {
        this.#flags[slot] = this.#flags[slot]! | wasUsed;
        this.silent = elapsed(this.#lastSeen[slot]!, seconds);
        this.#lastSeen[slot] = seconds;
        return slot;
      }
    }
  }

  /** Gives the key of the last `find` a slot, clean. */
  insert(family: 4 | 6, seconds: number): number {
    if (this.#live >= sweepFrom) this.#sweep(seconds);
    const slot = this.#takeSlot();
    const at = slot * keyWords;
    if (family === 4) {
      this.#keys.fill(0, at, at + keyWords);
      this.#keys[at + 3] = this.#key[3]!;
      this.#keys[at + 7] = this.#key[7]!;
      this.#keys[at + 8] = this.#key[8]!;
    } else this.#keys.set(this.#key, at);
    this.#hashes[slot] = this.#hash;
    this.#flags[slot] = family === 6 ? isIpv6 : 0;
    this.#lastSeen[slot] = seconds;
    this.reset(slot);
    this.#link(slot);
    this.#live++;
    return slot;
  }

  /** As if nothing had been seen of the connection: the same ends begin another. */
  reset(slot: number): void {
    this.state[slot * 2] = 0;
    this.state[slot * 2 + 1] = 0;
    this.wanted[slot] = 3;
    this.#flags[slot] = this.#flags[slot]! & isIpv6;
  }

  /** FIN or RST was seen. The slot stays for a while, so that a late retransmission is not taken for a new connection. */
  close(slot: number): void {
    this.#flags[slot] = this.#flags[slot]! | isClosed;
  }

  /** Calls `each` for every live slot, in an order that only the capture decides. */
  forEach(each: (slot: number) => void): void {
    for (let slot = 0; slot < this.#used; slot++) if (this.wanted[slot] !== vacant) each(slot);
  }

  /** The end that sends in this direction. */
  sender(slot: number, direction: Direction): Endpoint {
    const at = slot * keyWords + direction * 4;
    const ports = this.#keys[slot * keyWords + 8]!;
    const k = this.#keys;
    const ip =
      (this.#flags[slot]! & isIpv6) !== 0
        ? formatIpv6(k[at]! >>> 0, k[at + 1]! >>> 0, k[at + 2]! >>> 0, k[at + 3]! >>> 0)
        : formatIpv4(k[at + 3]!);
    return { ip, port: direction === 0 ? ports >>> 16 : ports & 0xffff };
  }

  #orderIpv6(address: Int32Array, sourcePort: number, destinationPort: number): void {
    let order = 0;
    for (let word = 0; word < 4 && order === 0; word++) order = address[word]! - address[word + 4]!;
    if (order === 0) order = sourcePort - destinationPort;
    const forward = order <= 0;
    const key = this.#key;
    for (let word = 0; word < 8; word++) key[word] = address[forward ? word : (word + 4) & 7]!;
    this.direction = forward ? 0 : 1;
    key[8] = forward ? (sourcePort << 16) | destinationPort : (destinationPort << 16) | sourcePort;
  }

  #same(slot: number, family: 4 | 6): boolean {
    const keys = this.#keys;
    const key = this.#key;
    const at = slot * keyWords;
    if (keys[at + 3] !== key[3] || keys[at + 7] !== key[7] || keys[at + 8] !== key[8]) return false;
    const slotIsIpv6 = (this.#flags[slot]! & isIpv6) !== 0;
    if (family === 4) return !slotIsIpv6;
    if (!slotIsIpv6) return false;
    return (
      keys[at] === key[0] &&
      keys[at + 1] === key[1] &&
      keys[at + 2] === key[2] &&
      keys[at + 4] === key[4] &&
      keys[at + 5] === key[5] &&
      keys[at + 6] === key[6]
    );
  }

  /** Two steps of the hand with every new connection: over time as many are looked at as come in, and twice. */
  #sweep(seconds: number): void {
    for (let step = 0; step < 2 && this.#used > 0; step++) {
      const slot = this.#advanceHand();
      if (this.wanted[slot] === vacant) continue;
      const silent = elapsed(this.#lastSeen[slot]!, seconds);
      if (silent > ((this.#flags[slot]! & isClosed) !== 0 ? lingerSeconds : idleSeconds)) this.#release(slot);
    }
  }

  #advanceHand(): number {
    if (this.#hand >= this.#used) this.#hand = 0;
    return this.#hand++;
  }

  #takeSlot(): number {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    if (this.#used === this.#capacity && this.#capacity < this.#ceiling) this.#grow();
    if (this.#used < this.#capacity && this.#used < this.#ceiling) return this.#used++;
    for (;;) {
      const slot = this.#advanceHand();
      const flags = this.#flags[slot]!;
      if ((flags & wasUsed) === 0 || (flags & isClosed) !== 0) {
        if ((flags & isClosed) === 0) this.evicted++;
        this.#release(slot);
        return this.#free.pop()!;
      }
      this.#flags[slot] = flags & ~wasUsed;
    }
  }

  #release(slot: number): void {
    this.#forget(slot);
    this.#unlink(slot);
    this.wanted[slot] = vacant;
    this.#live--;
    this.#free.push(slot);
  }

  #link(slot: number): void {
    let at = this.#hashes[slot]! & this.#mask;
    while (this.#index[at] !== 0) at = (at + 1) & this.#mask;
    this.#index[at] = slot + 1;
  }

  /** Takes a slot out of the index and closes the gap, so that no probe stops early (Knuth 6.4, algorithm R). */
  #unlink(slot: number): void {
    const index = this.#index;
    const mask = this.#mask;
    let gap = this.#hashes[slot]! & mask;
    while (index[gap] !== slot + 1) gap = (gap + 1) & mask;
    for (let at = (gap + 1) & mask; index[at] !== 0; at = (at + 1) & mask) {
      const home = this.#hashes[index[at]! - 1]! & mask;
      // Movable unless its home lies cyclically in (gap, at].
      if (((at - home) & mask) >= ((at - gap) & mask)) {
        index[gap] = index[at]!;
        gap = at;
      }
    }
    index[gap] = 0;
  }

  #grow(): void {
    const capacity = this.#capacity * 2;
    this.#capacity = capacity;
    this.#hashes = grown(this.#hashes, new Int32Array(capacity));
    this.#keys = grown(this.#keys, new Int32Array(capacity * keyWords));
    this.#flags = grown(this.#flags, new Uint8Array(capacity));
    this.#lastSeen = grown(this.#lastSeen, new Int32Array(capacity));
    this.next = grown(this.next, new Int32Array(capacity * 2));
    this.start = grown(this.start, new Int32Array(capacity * 2));
    this.state = grown(this.state, new Uint8Array(capacity * 2));
    this.wanted = grown(this.wanted, new Uint8Array(capacity));
    this.#index = new Int32Array(capacity * 2);
    this.#mask = capacity * 2 - 1;
    for (let slot = 0; slot < this.#used; slot++) if (this.wanted[slot] !== vacant) this.#link(slot);
  }
}

/** Seconds between two times, of which one was kept in 32 bits. */
function elapsed(since: number, now: number): number {
  return (now - since) | 0;
}

/** `wanted` of a slot that holds no connection. */
const vacant = 0xff;

function grown<T extends Int32Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
