import { describe, expect, it } from 'vitest';
import { CaptureReader } from '../../../src/capture/index.js';
import { pcap } from '../../build/capture-files.js';
import { ACK, datagram, frame, PSH, SYN, segment } from '../../build/packets.js';

const path = { src: '192.0.2.7', sport: 40_000, dst: '198.51.100.25', dport: 993 };
const ack = frame(segment(path, { seq: 1, flags: ACK }));
const query = frame(datagram({ ...path, dport: 53 }, new Uint8Array(30)));
const open = frame(segment(path, { seq: 1, flags: SYN }));
const data = frame(segment(path, { seq: 1, flags: PSH | ACK, payload: [22, 3, 1] }));

/** What a sink is told: `frame second` of each packet handed over, and the sums of the others. */
function read(file: Uint8Array, step: number, passesOver: boolean) {
  const seen: string[] = [];
  let passed = 0;
  let cut = 0;
  const reader: CaptureReader = new CaptureReader({
    packet: (_bytes, start, end, _linkType, originalLength) => {
      seen.push(`${reader.frame} ${reader.seconds} ${end - start}`);
      if (originalLength > end - start) cut++;
    },
    passesOver,
    passedOver: (packets, cutPackets) => {
      passed += packets;
      cut += cutPackets;
    },
  });
  for (let at = 0; at < file.length; ) {
    const space = reader.space();
    const part = file.subarray(at, Math.min(at + step, at + space.length));
    space.set(part);
    reader.wrote(part.length);
    at += part.length;
  }
  expect(reader.end()).toBeNull();
  return { seen, passed, cut, last: [reader.frame, reader.seconds, reader.timestamp().seconds] };
}

describe('a classic pcap whose dull packets are passed over', () => {
  const packets = [ack, ack, open, query, data, data, query, ack].map((bytes, i) => ({
    bytes,
    seconds: 100 + i,
    originalLength: i === 3 ? 4_000 : bytes.length,
  }));

  it.each([1, 7, 80, 100_000])('is the same to the clock and the sums, read in steps of %i bytes', (step) => {
    const all = read(pcap(packets), step, false);
    const few = read(pcap(packets), step, true);
    expect(all.seen).toHaveLength(8);
    expect(few.seen).toEqual(all.seen.filter((_, i) => [2, 4, 5].includes(i)));
    expect([few.passed, few.cut]).toEqual([5, 1]);
    expect([all.passed, all.cut]).toEqual([0, 1]);
    expect(few.last).toEqual(all.last);
    expect(few.last).toEqual([8, 107, 107]);
  });

  it('refuses a length that is a lie, also of a packet that would be dull', () => {
    const huge = new Uint8Array(300_000);
    huge.set(ack);
    const reader = new CaptureReader({ packet: () => {}, passesOver: true, passedOver: () => {} });
    const file = pcap([{ bytes: ack }, { bytes: huge }]);
    const feed = () => {
      for (let at = 0; at < file.length; ) {
        const space = reader.space();
        const part = file.subarray(at, at + space.length);
        space.set(part);
        reader.wrote(part.length);
        at += part.length;
      }
    };
    expect(feed).toThrow(expect.objectContaining({ code: 'capture_corrupt', field: 'incl_len' }));
  });

  it('hands every packet of another link over', () => {
    expect(read(pcap(packets, { linkType: 113 }), 100_000, true).seen).toHaveLength(8);
  });
});
