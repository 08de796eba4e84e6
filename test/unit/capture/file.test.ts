import { describe, expect, it } from 'vitest';
import { CaptureReader, type PacketSink } from '../../../src/capture/index.js';
import { maxInterfaces, maxPacketBytes, windowBytes } from '../../../src/capture/limits.js';
import type { SensorError } from '../../../src/errors.js';
import {
  bigEndian,
  block,
  byteOrders,
  enhancedPacket,
  interfaceBlock,
  littleEndian,
  obsoletePacket,
  pcap,
  pcapHeader,
  pcapng,
  pcapngOption,
  pcapRecord,
  sectionHeader,
  simplePacket,
} from '../../build/capture-files.js';
import { join } from '../../build/packets.js';
import { chunksOf, smallChunks } from '../../harness/observe.js';
import { refusal } from '../../harness/refusal.js';

interface Read {
  readonly packets: string[];
  readonly error: Pick<SensorError, 'code' | 'field' | 'offset'> | null;
}

/** Each packet as `frame time link/originalLength bytes`, and what was wrong. */
function read(chunks: Iterable<Uint8Array>): Read {
  const packets: string[] = [];
  const sink: PacketSink = {
    passesOver: false,
    passedOver: () => {},
    packet(bytes, start, end, linkType, originalLength) {
      const { seconds, nanoseconds, digits } = reader.timestamp();
      const content =
        end - start > 32 ? `${end - start} bytes` : Buffer.from(bytes.subarray(start, end)).toString('hex');
      packets.push(`${reader.frame} ${seconds}+${nanoseconds}/${digits} ${linkType}/${originalLength} ${content}`);
      expect(reader.seconds).toBe(seconds);
    },
  };
  const reader = new CaptureReader(sink);
  let error: Read['error'] = null;
  const push = () => {
    for (const chunk of chunks) {
      for (let rest = chunk; rest.length > 0; ) {
        const space = reader.space();
        expect(space.length).toBeGreaterThan(0);
        const count = Math.min(space.length, rest.length);
        space.set(rest.subarray(0, count));
        reader.wrote(count);
        rest = rest.subarray(count);
      }
    }
    const end = reader.end();
    if (end !== null) throw end;
    throw done;
  };
  try {
    push();
  } catch (thrown) {
    if (thrown !== done) {
      error = refusal(() => {
        throw thrown;
      });
    }
  }
  return { packets, error };
}

const done = new Error('read to the end');

const a = Uint8Array.of(1, 2, 3, 4, 5);
const b = Uint8Array.of(6, 7, 8);

/** Whole, and in chunks of 1 to 7 bytes: the same. */
function readBothWays(file: Uint8Array): Read {
  const whole = read([file]);
  expect(read(smallChunks(file))).toEqual(whole);
  return whole;
}

describe('pcap', () => {
  for (const order of byteOrders) {
    for (const [variant, digits, fraction, nanoseconds] of [
      ['microseconds', 6, 123_456, 123_456_000],
      ['nanoseconds', 9, 123_456_789, 123_456_789],
      ['modified', 6, 999_999, 999_999_000],
    ] as const) {
      it(`${order.name}, ${variant}: times, lengths, link type`, () => {
        const file = pcap(
          [
            { bytes: a, seconds: 1_700_000_000, fraction, originalLength: 1500 },
            { bytes: [], seconds: 4_294_967_295, fraction: 0 },
            { bytes: b, seconds: 0, fraction },
          ],
          { order, variant, linkType: 0xf000_0071 },
        );
        expect(readBothWays(file)).toEqual({
          packets: [
            `1 1700000000+${nanoseconds}/${digits} 113/1500 0102030405`,
            `2 4294967295+0/${digits} 113/0 `,
            `3 0+${nanoseconds}/${digits} 113/3 060708`,
          ],
          error: null,
        });
      });
    }

    it(`${order.name}: a packet longer than any tool writes is damage, at its record`, () => {
      const good = pcapRecord({ bytes: a }, { order });
      for (const length of [maxPacketBytes + 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff]) {
        const bad = join(order.u32(0), order.u32(0), order.u32(length), order.u32(length));
        const { packets, error } = readBothWays(join(pcapHeader({ order }), good, good, bad, a));
        expect(packets).toHaveLength(2);
        expect(error).toEqual({ code: 'capture_corrupt', field: 'incl_len', offset: 24 + 2 * good.length });
      }
    });

    it(`${order.name}: the longest packet is read`, () => {
      const file = pcap([{ bytes: new Uint8Array(maxPacketBytes) }, { bytes: a }], { order });
      expect(read([file])).toEqual({
        packets: [`1 0+0/6 1/${maxPacketBytes} ${maxPacketBytes} bytes`, '2 0+0/6 1/5 0102030405'],
        error: null,
      });
    });
  }

  it('a fraction past the second is carried over', () => {
    const sums = (variant: 'microseconds' | 'nanoseconds', fraction: number) => {
      let time = '';
      const reader = new CaptureReader({
        passesOver: false,
        passedOver: () => {},
        packet: () => {
          const { seconds, nanoseconds } = reader.timestamp();
          time = `${seconds}+${nanoseconds}`;
        },
      });
      const file = pcap([{ bytes: a, seconds: 10, fraction }], { variant });
      reader.space().set(file);
      reader.wrote(file.length);
      return time;
    };
    expect(sums('microseconds', 1_000_000)).toBe('11+0');
    expect(sums('microseconds', 4_294_967_295)).toBe('4304+967295000');
    expect(sums('nanoseconds', 4_294_967_295)).toBe('14+294967295');
  });

  it('cut at every byte: whole packets are delivered, the offset is that of the packet cut', () => {
    const header = pcapHeader();
    const first = pcapRecord({ bytes: a });
    const second = pcapRecord({ bytes: b });
    const file = join(header, first, second);
    for (let length = 0; length < file.length; length++) {
      const { packets, error } = read([file.subarray(0, length)]);
      const wholes = length < header.length + first.length ? 0 : 1;
      expect(packets, `cut at ${length}`).toHaveLength(wholes);
      const start = header.length + wholes * first.length;
      const expected =
        length === 0
          ? { code: 'capture_empty', field: 'file', offset: 0 }
          : length < 4
            ? { code: 'not_a_capture', field: 'magic', offset: 0 }
            : length < header.length
              ? { code: 'capture_cut', field: 'file_header', offset: 0 }
              : length === start
                ? null
                : {
                    code: 'capture_cut',
                    field: length - start < 16 ? 'record_header' : 'packet_data',
                    offset: start,
                  };
      expect(error, `cut at ${length}`).toEqual(expected);
    }
  });
});

describe('pcapng', () => {
  for (const order of byteOrders) {
    it(`${order.name}: every kind of packet block, interface and clock`, () => {
      const file = join(
        sectionHeader(order),
        interfaceBlock(order, { snapLength: 4 }),
        interfaceBlock(order, { linkType: 113, resolution: 9, name: [101, 116, 104] }),
        interfaceBlock(order, { linkType: 101, resolution: 0x80 | 10, offset: -1_000n }),
        interfaceBlock(order, { linkType: 12, resolution: 3, offset: 4_000_000_000n }),
        enhancedPacket(order, { bytes: a, ticks: 1_700_000_000_123_456n, originalLength: 77 }),
        enhancedPacket(order, {
          bytes: b,
          interface: 1,
          ticks: 1_700_000_000_123_456_789n,
          options: join(pcapngOption(order, 1, [104, 105]), pcapngOption(order, 0, [])),
        }),
        enhancedPacket(order, { bytes: b, interface: 2, ticks: 1_700_000_000n * 1_024n + 1_023n }),
        obsoletePacket(order, { bytes: a, interface: 3, ticks: 12_345n }),
        simplePacket(order, a.subarray(0, 4), 9),
        simplePacket(order, b),
        enhancedPacket(order, { bytes: [], interface: 2, ticks: 0n }),
      );
      expect(readBothWays(file)).toEqual({
        packets: [
          '1 1700000000+123456000/6 1/77 0102030405',
          '2 1700000000+123456789/9 113/3 060708',
          '3 1699999000+999023437/4 101/3 060708',
          '4 4000000012+345000000/3 12/5 0102030405',
          '5 0+0/6 1/9 01020304',
          '6 0+0/6 1/3 060708',
          '7 -1000+0/4 101/0 ',
        ],
        error: null,
      });
    });

    it(`${order.name}: a block of unknown type is stepped over, whatever its size`, () => {
      for (const size of [0, 1, 100, windowBytes - 60, windowBytes, 3 * windowBytes + 8]) {
        const unknown = block(order, 0x0bad, new Uint8Array(size).fill(0x0a));
        const file = join(
          sectionHeader(order),
          interfaceBlock(order),
          enhancedPacket(order, { bytes: a }),
          unknown,
          enhancedPacket(order, { bytes: b }),
        );
        const wanted = { packets: ['1 0+0/6 1/5 0102030405', '2 0+0/6 1/3 060708'], error: null };
        expect(read([file]), `${size} in one`).toEqual(wanted);
        expect(read(chunksOf(file, 65_537)), `${size} in chunks`).toEqual(wanted);
        if (size <= 100) expect(read(smallChunks(file)), `${size} in small chunks`).toEqual(wanted);
      }
    });
  }

  it('sections in both byte orders have interfaces of their own', () => {
    const file = join(
      pcapng([{ bytes: a }], { linkType: 1 }, littleEndian),
      pcapng([{ bytes: b, ticks: 5_000_000n }], { linkType: 113 }, bigEndian),
    );
    expect(readBothWays(file)).toEqual({
      packets: ['1 0+0/6 1/5 0102030405', '2 5+0/6 113/3 060708'],
      error: null,
    });
    const orphan = join(pcapng([{ bytes: a }]), sectionHeader(bigEndian), enhancedPacket(bigEndian, { bytes: b }));
    expect(readBothWays(orphan)).toEqual({
      packets: ['1 0+0/6 1/5 0102030405'],
      error: {
        code: 'capture_corrupt',
        field: 'interface_id',
        offset: orphan.length - enhancedPacket(bigEndian, { bytes: b }).length + 8,
      },
    });
  });

  it('clocks of 2^-n and 10^-n are exact to the nanosecond', () => {
    const times = (resolution: number, ticks: bigint) =>
      read([pcapng([{ bytes: b, ticks }], { resolution })]).packets[0]?.split(' ')[1];
    // pcapng section 4.2: the most significant bit says powers of two.
    expect(times(0x80 | 32, (1_700_000_000n << 32n) | 0x8000_0001n)).toBe('1700000000+500000000/9');
    expect(times(0x80 | 1, 3_400_000_001n)).toBe('1700000000+500000000/1');
    expect(times(0, 1_700_000_000n)).toBe('1700000000+0/0');
    expect(times(12, 1_700_000_000_123_456_789n)).toBe('1700000+123456/9');
    expect(times(9, 0xffff_ffff_ffff_ffffn)).toBe('18446744073+709551615/9');
  });

  const good = join(
    sectionHeader(littleEndian),
    interfaceBlock(littleEndian),
    enhancedPacket(littleEndian, { bytes: a }),
  );
  const { u16, u32 } = littleEndian;
  const failures: [string, Uint8Array, { code: string; field: string; offset: number }][] = [
    ['a block shorter than a block', join(u32(6), u32(8), u32(8)), corrupt('block_total_length', 4)],
    [
      'a block length that is no multiple of four',
      join(u32(6), u32(33), new Uint8Array(25)),
      corrupt('block_total_length', 4),
    ],
    ['lengths that differ', join(u32(0xbad), u32(16), u32(0), u32(20)), corrupt('block_total_length', 12)],
    [
      'a packet block larger than the window',
      join(u32(6), u32(windowBytes + 4), u32(0)),
      corrupt('block_total_length', 4),
    ],
    [
      'an interface block larger than the window',
      join(u32(1), u32(0xffff_fffc), u32(0)),
      corrupt('block_total_length', 4),
    ],
    ['a section without its magic', join(u32(0x0a0d0d0a), u32(28), new Uint8Array(20)), corrupt('byte_order_magic', 8)],
    [
      'a section shorter than its header',
      join(u32(0x0a0d0d0a), u32(16), u32(0x1a2b3c4d), u32(16)),
      corrupt('section_header', 0),
    ],
    [
      'another major version',
      sectionHeader(littleEndian, 2),
      { code: 'capture_unsupported', field: 'major_version', offset: 12 },
    ],
    ['an interface block that is too short', block(littleEndian, 1, u32(1)), corrupt('interface_description', 0)],
    [
      'an enhanced packet block that is too short',
      block(littleEndian, 6, u32(0), u32(0)),
      corrupt('enhanced_packet', 0),
    ],
    ['an obsolete packet block that is too short', block(littleEndian, 2, u32(0), u32(0)), corrupt('packet_block', 0)],
    ['a simple packet block that is too short', join(u32(3), u32(12), u32(12)), corrupt('simple_packet', 0)],
    [
      'an interface that was not described',
      enhancedPacket(littleEndian, { bytes: a, interface: 1 }),
      corrupt('interface_id', 8),
    ],
    [
      'a captured length beyond its block',
      block(littleEndian, 6, u32(0), u32(0), u32(0), u32(9), u32(9), new Uint8Array(8)),
      corrupt('captured_length', 20),
    ],
    [
      'an obsolete packet with a captured length beyond its block',
      block(littleEndian, 2, u16(0), u16(0), u32(0), u32(0), u32(0xffff_ffff), u32(9), new Uint8Array(8)),
      corrupt('captured_length', 20),
    ],
  ];
  function corrupt(field: string, offset: number) {
    return { code: 'capture_corrupt', field, offset };
  }
  it.each(failures)('%s is refused where it stands; packets before it are delivered', (_, bad, wanted) => {
    const { packets, error } = readBothWays(join(good, bad, new Uint8Array(40)));
    expect(packets).toEqual(['1 0+0/6 1/5 0102030405']);
    expect(error).toEqual({ ...wanted, offset: good.length + wanted.offset });
  });

  it('more interfaces than any capture has are refused', () => {
    const description = interfaceBlock(littleEndian);
    const many = new Uint8Array(description.length * (maxInterfaces + 1));
    for (let at = 0; at < many.length; at += description.length) many.set(description, at);
    const { error } = read([join(sectionHeader(littleEndian), many)]);
    expect(error).toEqual({
      ...corrupt('interface_description', 28 + maxInterfaces * description.length),
    });
  });

  it('cut at every byte: whole blocks are delivered, the offset is that of the block cut', () => {
    const blocks = [
      sectionHeader(bigEndian),
      interfaceBlock(bigEndian, { resolution: 9 }),
      enhancedPacket(bigEndian, { bytes: a }),
      block(bigEndian, 5, new Uint8Array(20)),
      enhancedPacket(bigEndian, { bytes: b }),
    ];
    const file = join(...blocks);
    const starts = blocks.map((_, i) => join(...blocks.slice(0, i)).length);
    for (let length = 12; length < file.length; length++) {
      const { packets, error } = readBothWays(file.subarray(0, length));
      const inside = starts.findLastIndex((start) => start <= length);
      expect(packets, `cut at ${length}`).toHaveLength(inside < 3 ? 0 : 1);
      if (starts[inside] === length) expect(error, `cut at ${length}`).toBeNull();
      else expect(error, `cut at ${length}`).toEqual({ code: 'capture_cut', field: 'block', offset: starts[inside] });
    }
  });
});

it('what is no capture is said so at offset 0', () => {
  for (const text of ['This is a text', '\x7fELF', '\x0a\x0d\x0d\x0b']) {
    expect(readBothWays(Uint8Array.from(Buffer.from(text, 'latin1')))).toEqual({
      packets: [],
      error: { code: 'not_a_capture', field: 'magic', offset: 0 },
    });
  }
});
