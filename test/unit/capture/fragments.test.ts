import { describe, expect, it } from 'vitest';
import { fragmentSeconds } from '../../../src/capture/limits.js';
import { Connection } from '../../build/connection.js';
import { ascii } from '../../build/hello.js';
import { fragmentHeader, fragments, ipv4, ipv6 } from '../../build/packets.js';
import { StreamRun } from './stream-run.js';

const families = {
  IPv4: { src: '192.0.2.7', dst: '198.51.100.1' },
  IPv6: { src: '2001:db8::7', dst: '2001:db8::1' },
} as const;

/** A TCP segment of the client as an IP payload: 20 bytes of header and the text. */
function payloadOf(ends: { src: string; dst: string }, text: string): Uint8Array {
  return new Connection(ends).clientAt(0, ascii(text)).subarray(ends.src.includes(':') ? 40 : 20);
}

describe.each(Object.entries(families))('%s fragments', (family, ends) => {
  const text = 'abcdefghijklmnopqrstuvwxyz0123456789';
  const parts = { ...ends, protocol: 6, payload: payloadOf(ends, text) };
  const piece = (payload: Uint8Array, offset: number, more: boolean, id = 7) =>
    family === 'IPv4'
      ? ipv4({ ...parts, payload, id, fragmentOffset: offset, moreFragments: more })
      : ipv6({ ...parts, payload, extensions: [fragmentHeader(id, offset, more)] });

  it('make a datagram in whatever order they come, and twice', () => {
    const [a, b, c, d] = fragments(parts, [8, 24, 48]) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
    for (const order of [
      [a, b, c, d],
      [d, c, b, a],
      [b, d, a, c],
      [a, a, d, d, b, b, c],
    ]) {
      const run = new StreamRun().packets(...order);
      expect(run.lines).toEqual([`40001 after_gap ${text}`]);
      expect(run.told[0]).toMatchObject({ frame: order.length });
    }
  });

  it('that overlap: the first bytes win', () => {
    const forged = parts.payload.slice();
    forged.fill(0x58, 24);
    const run = new StreamRun().packets(
      piece(parts.payload.subarray(24, 32), 24, true),
      piece(forged.subarray(16, 48), 16, true),
      piece(parts.payload.subarray(0, 32), 0, true),
      piece(parts.payload.subarray(32), 32, false),
    );
    expect(run.lines).toEqual([`40001 after_gap ${text.slice(0, 12)}${'X'.repeat(16)}${text.slice(28)}`]);
  });

  it('of two datagrams at once are told apart by their identification', () => {
    const one = fragments(parts, [24], 1);
    const two = fragments({ ...parts, payload: payloadOf(ends, text.toUpperCase()) }, [24], 2);
    const run = new StreamRun().packets(one[0]!, two[1]!, one[1]!);
    expect(run.lines).toEqual([`40001 after_gap ${text}`]);
  });

  it('beyond the end that the last one set do not count', () => {
    const run = new StreamRun().packets(
      piece(parts.payload.subarray(48), 48, false),
      piece(new Uint8Array(64), 48, true),
      piece(new Uint8Array(8), 8_000, true),
      piece(parts.payload.subarray(0, 48), 0, true),
    );
    expect(run.lines).toEqual([`40001 after_gap ${text}`]);
  });

  it('a last one that ends before bytes already here does not count', () => {
    const run = new StreamRun().packets(
      piece(parts.payload.subarray(32, 48), 32, true),
      piece(parts.payload.subarray(24, 32), 24, false),
      piece(parts.payload.subarray(0, 32), 0, true),
    );
    expect(run.told).toEqual([]);
    run.packets(piece(parts.payload.subarray(48), 48, false));
    expect(run.lines).toEqual([`40001 after_gap ${text}`]);
  });

  it('are refused where they are empty, no multiple of eight, or reach past the largest datagram', () => {
    const run = new StreamRun().packets(
      piece(new Uint8Array(0), 8, true),
      piece(parts.payload.subarray(0, 7), 0, true),
      piece(new Uint8Array(200), 65_528, false),
      ...fragments(parts, [24], 7),
    );
    expect(run.lines).toEqual([`40001 after_gap ${text}`]);
  });

  it('are forgotten after their time', () => {
    const [first, last] = fragments(parts, [24]) as [Uint8Array, Uint8Array];
    const run = new StreamRun().packets(first);
    run.seconds += fragmentSeconds;
    run.packets(last);
    expect(run.told).toEqual([]);
    run.packets(first);
    expect(run.lines).toEqual([`40001 after_gap ${text}`]);
  });

  it('are bounded in number: the oldest makes room and is counted', () => {
    const run = new StreamRun({ fragmentedDatagrams: 10 });
    for (let id = 0; id < 50; id++) run.packets(piece(parts.payload.subarray(0, 24), 0, true, id));
    expect(run.decoder.fragments.dropped).toBe(40);
    run.packets(piece(parts.payload.subarray(24), 24, false, 3));
    expect(run.told).toEqual([]);
    run.packets(piece(parts.payload.subarray(24), 24, false, 49));
    expect(run.lines).toEqual([`40001 after_gap ${text}`]);
  });

  it('are bounded in bytes, also where the one that grows is the oldest; later ones are put together as before', () => {
    const run = new StreamRun({ fragmentBytes: 40_000 });
    for (let round = 0; round < 5; round++) {
      for (let offset = 8; offset < 60_000; offset += 1_000) {
        run.packets(piece(new Uint8Array(1_000), offset, true, 1), piece(new Uint8Array(1_000), offset, true, 2));
      }
    }
    expect(run.decoder.fragments.dropped).toBeGreaterThan(5);
    run.packets(...fragments(parts, [8, 24, 48], 3));
    expect(run.lines).toEqual([`40001 after_gap ${text}`]);
  });

  it('of the largest datagram, eight bytes each and the first one last, are put together', () => {
    const big = { ...parts, payload: payloadOf(ends, 'y'.repeat(65_000)) };
    const cuts = Array.from({ length: 65_016 / 8 }, (_, i) => (i + 1) * 8);
    const all = fragments(big, cuts);
    const run = new StreamRun();
    for (const each of [...all.slice(1), all[0]!]) {
      run.packets(each);
      run.seconds = 1_700_000_000;
    }
    expect(run.told).toHaveLength(1);
    expect(run.lines[0]).toHaveLength('40001 after_gap '.length + 65_000);
  });

  it('that fill everything but one hole, over and over, do no harm', () => {
    const run = new StreamRun();
    // Each of these once cost a look at all the others.
    const hostile = (size: number) => {
      for (let offset = 8; offset < 60_000; offset += 8) run.packets(piece(new Uint8Array(size), offset, true));
      run.seconds = 1_700_000_000;
    };
    for (const size of [8, 16, 24, 32]) hostile(size);
    expect(run.told).toEqual([]);
    run.packets(...fragments(parts, [24], 12));
    expect(run.lines).toEqual([`40001 after_gap ${text}`]);
  });
});

it('fragments within a tunnel, themselves in fragments, come out whole', () => {
  const inner = fragments({ ...families.IPv6, protocol: 6, payload: payloadOf(families.IPv6, 'deep inside') }, [16], 5);
  const outer = inner.flatMap((payload, i) => fragments({ ...families.IPv4, protocol: 41, payload }, [24, 40], 60 + i));
  const run = new StreamRun().packets(...outer.reverse());
  expect(run.lines).toEqual(['40001 after_gap deep inside']);
  expect(run.told[0]).toMatchObject({ sender: '2001:db8::7 40001' });
});
