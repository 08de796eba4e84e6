import { describe, expect, it } from 'vitest';
import { CaptureReader } from '../../../src/capture/index.js';
import { windowBytes } from '../../../src/capture/limits.js';
import { pcap } from '../../build/capture-files.js';
import { chunksOf } from '../../harness/observe.js';

describe('the window', () => {
  it('packets of every size and place across its end are delivered whole', () => {
    const sizes: number[] = [];
    for (let total = 0, size = 1; total < 3 * windowBytes; size = (size * 7 + 13) % 200_003) {
      sizes.push(size);
      total += size + 16;
    }
    const packets = sizes.map((size, i) => ({ bytes: new Uint8Array(size).fill(i & 255), seconds: i }));
    const file = pcap(packets);
    for (const step of [file.length, windowBytes, 65_536, 99_991]) {
      const seen: string[] = [];
      const reader = new CaptureReader({
        passesOver: false,
        passedOver: () => {},
        packet: (bytes, start, end) => {
          const i = reader.frame - 1;
          const content = bytes.subarray(start, end);
          if (content.some((byte) => byte !== (i & 255))) throw new Error(`packet ${i} is not its own`);
          seen.push(`${reader.seconds} ${content.length}`);
        },
      });
      for (const chunk of chunksOf(file, step)) {
        for (let rest = chunk; rest.length > 0; ) {
          const space = reader.space();
          const count = Math.min(space.length, rest.length);
          space.set(rest.subarray(0, count));
          reader.wrote(count);
          rest = rest.subarray(count);
        }
      }
      expect(reader.end()).toBeNull();
      expect(seen).toEqual(sizes.map((size, i) => `${i} ${size}`));
    }
  });
});
