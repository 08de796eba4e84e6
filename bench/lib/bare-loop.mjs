// The least a program in Node can do with a capture: read it, and look at the headers of every packet. What it costs is what ja3-sensor cannot go below.
//
//     node bare-loop.mjs CAPTURE        a little-endian pcap of Ethernet; prints packets, and those with a TCP payload
import { closeSync, openSync, readSync } from 'node:fs';

const WINDOW = 1 << 18;
const window = new Uint8Array(2 * WINDOW);
const view = new DataView(window.buffer);
const descriptor = openSync(process.argv[2], 'r');
let packets = 0;
let segments = 0;
let at = 24;
let end = 0;

/** Steps over the whole records in [at, end). */
function walk() {
  while (end - at >= 16) {
    const next = at + 16 + view.getUint32(at + 8, true);
    if (next > end) return;
    const start = at + 16;
    packets++;
    if (view.getUint16(start + 12) === 0x0800 && view.getUint8(start + 23) === 6) {
      const header = 20 + (view.getUint8(start + 46) >> 4) * 4;
      if (view.getUint16(start + 16) > header) segments++;
    }
    at = next;
  }
}

for (;;) {
  const count = readSync(descriptor, window, end, WINDOW, null);
  if (count === 0) break;
  end += count;
  walk();
  window.copyWithin(0, at, end);
  end -= at;
  at = 0;
}
closeSync(descriptor);
console.log(packets, segments);
