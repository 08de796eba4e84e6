import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { idleSeconds, lingerSeconds } from '../../../src/capture/limits.js';
import { ConnectionTable } from '../../../src/capture/tcp/connections.js';

interface Key {
  readonly family: 4 | 6;
  readonly source: readonly number[];
  readonly destination: readonly number[];
  readonly sport: number;
  readonly dport: number;
}

/** Small pools, so that keys come again, share words and differ in one. */
const word = fc.constantFrom(0, 1, -1, 0x7fff_ffff, -0x8000_0000, 0x0a00_0001, 0x0a00_0002);
const port = fc.constantFrom(0, 1, 80, 993, 40_000, 65_535);
const four: fc.Arbitrary<Key> = fc.record({
  family: fc.constant(4 as const),
  source: word.map((w) => [0, 0, 0, w]),
  destination: word.map((w) => [0, 0, 0, w]),
  sport: port,
  dport: port,
});
const six: fc.Arbitrary<Key> = fc.record({
  family: fc.constant(6 as const),
  source: fc.tuple(word, fc.constantFrom(0, 5), fc.constant(0), word).map((words) => [...words]),
  destination: fc.tuple(word, fc.constantFrom(0, 5), fc.constant(0), word).map((words) => [...words]),
  sport: port,
  dport: port,
});

/** The same for both directions of a connection. */
function nameOf(key: Key): string {
  const ends = [`${key.source.join()} ${key.sport}`, `${key.destination.join()} ${key.dport}`].sort();
  return `${key.family} ${ends.join(' ')}`;
}

const addressOf = (key: Key, stale: number) => {
  // The words that IPv4 does not use hold what an earlier packet left there.
  const words = new Int32Array(8).fill(stale);
  if (key.family === 6) {
    words.set(key.source, 0);
    words.set(key.destination, 4);
  } else {
    words[3] = key.source[3]!;
    words[7] = key.destination[3]!;
  }
  return words;
};

/** The table beside a Map, both told the same. */
class Twin {
  readonly bySlot = new Map<number, string>();
  readonly byName = new Map<string, number>();
  readonly table: ConnectionTable;
  forgotten: string[] = [];
  /** Of these, the ones that nobody had closed. */
  forgottenOpen = 0;
  readonly closed = new Set<number>();

  constructor(ceiling: number) {
    this.table = new ConnectionTable(ceiling, (slot) => {
      const name = this.bySlot.get(slot);
      if (name === undefined) throw new Error(`slot ${slot} was forgotten twice`);
      this.bySlot.delete(slot);
      this.byName.delete(name);
      this.forgotten.push(name);
      if (!this.closed.delete(slot)) this.forgottenOpen++;
    });
  }

  close(slot: number): void {
    this.table.close(slot);
    this.closed.add(slot);
  }

  reset(slot: number): void {
    this.table.reset(slot);
    this.closed.delete(slot);
  }

  packet(key: Key, seconds: number): number {
    const { table } = this;
    const name = nameOf(key);
    const found = table.find(key.family, addressOf(key, seconds), key.sport, key.dport, seconds);
    expect(found).toBe(this.byName.get(name) ?? -1);
    if (found >= 0) return found;
    const slot = table.insert(key.family, seconds);
    if (this.bySlot.has(slot)) throw new Error(`slot ${slot} was given out twice`);
    this.bySlot.set(slot, name);
    this.byName.set(name, slot);
    expect(table.state[slot * 2]).toBe(0);
    expect(table.state[slot * 2 + 1]).toBe(0);
    expect(table.wanted[slot]).toBe(3);
    return slot;
  }

  check(): void {
    expect(this.table.live).toBe(this.byName.size);
    const live: number[] = [];
    this.table.forEach((slot) => {
      live.push(slot);
    });
    expect(live.sort((a, b) => a - b)).toEqual([...this.bySlot.keys()].sort((a, b) => a - b));
  }
}

const runs = process.env.CI === 'true' ? 1_000 : 200;

describe('the table of connections', () => {
  it('agrees with a Map, whatever comes', () => {
    const command = fc.record({
      key: fc.oneof(four, six),
      seconds: fc.nat(2_000),
      act: fc.constantFrom('nothing', 'close', 'reset', 'use'),
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.array(command, { maxLength: 200 }), (ceiling, commands) => {
        const twin = new Twin(ceiling);
        for (const { key, seconds, act } of commands) {
          const slot = twin.packet(key, seconds);
          if (act === 'close') twin.close(slot);
          if (act === 'reset') twin.reset(slot);
          if (act === 'use') twin.table.state[slot * 2] = 5;
          expect(twin.table.live).toBeLessThanOrEqual(ceiling);
        }
        twin.check();
        expect(twin.table.evicted).toBe(twin.forgottenOpen);
      }),
      { numRuns: runs },
    );
  });

  it('keeps thousands of both families apart while it grows', () => {
    const twin = new Twin(100_000);
    const keys: Key[] = Array.from({ length: 20_000 }, (_, i) => {
      const family = i % 3 === 0 ? 6 : 4;
      const tail = Math.imul(i >> 4, 0x9e37_79b1);
      return {
        family,
        source: [0, 0, 0, tail],
        destination: [0, 0, 0, 1],
        sport: 40_000 + (i & 15),
        dport: 993,
      } as const;
    });
    const slots = keys.map((key) => twin.packet(key, 1));
    for (const [i, slot] of slots.entries()) twin.table.next[slot * 2] = i;
    for (const [i, key] of keys.entries()) {
      const back = { ...key, source: key.destination, destination: key.source, sport: key.dport, dport: key.sport };
      const { direction } = twin.table;
      expect(twin.packet(i % 2 === 0 ? key : back, 2)).toBe(slots[i]);
      expect([0, 1]).toContain(direction);
      expect(twin.table.next[slots[i]! * 2]).toBe(i);
    }
    twin.check();
    expect(twin.table.evicted).toBe(0);
  });

  it('tells direction and sender: the two directions of a connection are each other’s opposite', () => {
    fc.assert(
      fc.property(fc.oneof(four, six), (key) => {
        const twin = new Twin(4);
        const slot = twin.packet(key, 1);
        const there = twin.table.direction;
        const sender = twin.table.sender(slot, there);
        expect(sender.port).toBe(key.sport);
        twin.packet(
          { ...key, source: key.destination, destination: key.source, sport: key.dport, dport: key.sport },
          1,
        );
        const back = twin.table.direction;
        const same = key.source.join() === key.destination.join() && key.sport === key.dport;
        expect(back === there).toBe(same);
        expect(twin.table.sender(slot, back).port).toBe(key.dport);
      }),
      { numRuns: runs },
    );
  });

  it('evicts those not used since the hand last came by, and closed ones first of all', () => {
    const key = (i: number): Key => ({
      family: 4,
      source: [0, 0, 0, i],
      destination: [0, 0, 0, 1],
      sport: 1,
      dport: 2,
    });
    const twin = new Twin(8);
    for (let i = 10; i < 18; i++) twin.packet(key(i), 1);
    for (const used of [10, 11, 13, 14, 15, 16, 17]) twin.packet(key(used), 2);
    twin.packet(key(50), 3);
    expect(twin.forgotten).toEqual([nameOf(key(12))]);
    twin.table.close(twin.packet(key(17), 4));
    for (const used of [10, 11, 13, 14, 15, 16, 50]) twin.packet(key(used), 4);
    twin.packet(key(51), 5);
    expect(twin.forgotten.at(-1)).not.toBe(nameOf(key(50)));
    twin.check();
  });

  it('forgets silent connections once there are many, closed ones sooner', () => {
    const key = (i: number): Key => ({
      family: 4,
      source: [0, 0, 0, i],
      destination: [0, 0, 0, 1],
      sport: 1,
      dport: 2,
    });
    const twin = new Twin(1_000_000);
    const many = 20_000;
    const closed = new Set<string>();
    for (let i = 0; i < many; i++) {
      const slot = twin.packet(key(i), 1_000);
      if (i % 2 !== 0) continue;
      twin.table.close(slot);
      closed.add(nameOf(key(i)));
    }
    expect(twin.forgotten).toEqual([]);
    for (let i = 0; i < many; i++) twin.packet(key(1_000_000 + i), 1_001 + lingerSeconds);
    expect(twin.forgotten.length).toBeGreaterThan(many / 4);
    expect(twin.forgotten.every((name) => closed.has(name))).toBe(true);
    const before = twin.forgotten.length;
    for (let i = 0; i < many; i++) twin.packet(key(2_000_000 + i), 1_002 + idleSeconds);
    expect(twin.forgotten.length).toBeGreaterThan(before + many / 4);
    expect(twin.table.evicted).toBe(0);
    twin.check();
  });
});
