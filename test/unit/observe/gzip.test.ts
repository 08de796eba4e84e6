import { randomFillSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { constants, gunzipSync, gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { pieceAt } from '../../../src/observe/gunzip.js';
import { readCapture } from '../../../src/observe/index.js';
import { openSource } from '../../../src/observe/source.js';
import { unpackIfGzip } from '../../../src/observe/unpack.js';
import { pcap, pcapHeader } from '../../build/capture-files.js';
import { Connection } from '../../build/connection.js';
import { clientHello, record } from '../../build/hello.js';
import { loginCapture } from '../../build/login-capture.js';
import { frame } from '../../build/packets.js';
import { line, observe } from '../../harness/observe.js';

it('no more is read of a packed input once it was closed', async () => {
  // Noise does not pack, so that the unpacker asks for more input all the time.
  const noise = new Uint8Array(4 << 20);
  for (let at = 0, state = 1; at < noise.length; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    noise[at] = state >>> 16;
  }
  const input = openSource([new Uint8Array(gzipSync(noise))]);
  let closed = false;
  let readAfterwards = 0;
  const watched = {
    total: null,
    get position() {
      return input.position;
    },
    read: (into: Uint8Array) => {
      if (closed) readAfterwards++;
      return input.read(into);
    },
    close: () => {
      closed = true;
      input.close();
    },
  };
  const unpacked = await unpackIfGzip(watched);
  await unpacked.read(new Uint8Array(1_000));
  unpacked.close();
  expect(closed).toBe(true);
  for (let turn = 0; turn < 200; turn++) await new Promise(setImmediate);
  expect(readAfterwards).toBe(0);
});

it('a packed capture given up in the middle leaves the next file alone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ja3-sensor-test-'));
  try {
    const c = new Connection();
    const good = pcap([...c.open(), c.client(record(clientHello()))].map((packet) => ({ bytes: frame(packet) })));
    const noise = randomFillSync(new Uint8Array(3 << 20));
    writeFileSync(
      join(folder, 'bad.gz'),
      gzipSync(Buffer.concat([pcapHeader(), new Uint8Array(8), Uint8Array.of(255, 255, 255, 255), noise])),
    );
    writeFileSync(join(folder, 'good.gz'), gzipSync(good));
    for (let round = 0; round < 30; round++) {
      expect((await observe(join(folder, 'bad.gz'))).error).toMatchObject({
        code: 'capture_corrupt',
        field: 'incl_len',
      });
      const { observations, error } = await observe(join(folder, 'good.gz'));
      expect(error).toBeNull();
      expect(observations).toHaveLength(1);
    }
    // The same where the reader of the observations walks away, or a signal stops it.
    for await (const seen of readCapture(join(folder, 'good.gz'))) {
      expect(seen.frame).toBe(4);
      break;
    }
    const stop = new AbortController();
    stop.abort();
    expect((await observe(join(folder, 'bad.gz'), { signal: stop.signal })).error).toBeNull();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('delivers what was packed before the damage, also where the whole file is smaller than one read', async () => {
  const plain = new Uint8Array(readFileSync(new URL('../../../samples/mail-logins.pcapng', import.meta.url)));
  const packed = new Uint8Array(gzipSync(plain));
  const damagedAt = packed.length >> 1;
  packed.fill(0, damagedAt, damagedAt + 64);
  const whole = await observe(plain);
  const damaged = await observe(packed);
  // Which of the two notices first, the unpacker or the reader of what it makes of zeros, depends on the bytes.
  expect(damaged.error).toMatchObject({ code: 'capture_corrupt' });
  // A sixteenth of what came before may be lost with the piece that is damaged: a third is a cautious least.
  expect(damaged.stats.packets).toBeGreaterThan(whole.stats.packets / 3);
  expect(damaged.observations.length).toBeGreaterThan(0);
  expect(whole.observations.map(line).slice(0, damaged.observations.length)).toEqual(damaged.observations.map(line));
});

it('loses no more than 64 KiB before the damage of a large file', async () => {
  const plain = loginCapture(Array.from({ length: 6_000 }, (_, i) => ({ sni: `host${i}.example` })));
  const packed = gzipSync(plain);
  const damagedAt = Math.floor(packed.length * 0.8);
  // A block of type 3 (RFC 1951 section 3.2.3: reserved) is what the unpacker then sees, sooner or later.
  packed.fill(0xff, damagedAt, damagedAt + 4096);
  const intact = gunzipSync(packed.subarray(0, damagedAt), { finishFlush: constants.Z_SYNC_FLUSH }).length;
  expect(intact).toBeGreaterThan(1 << 20);
  const { error, stats } = await observe(new Uint8Array(packed));
  expect(error).toMatchObject({ code: 'capture_corrupt' });
  expect(stats.bytes).toBeGreaterThan(intact - 65_536);
});

it('far behind, a large capture is unpacked in pieces as large as before', () => {
  const sizes = [2 ** 20, 2 ** 31 - 1, 2 ** 31, 2 ** 32 + 1_000, 2 ** 40].map(pieceAt);
  expect(sizes).toEqual(sizes.map(() => 65_536));
});
