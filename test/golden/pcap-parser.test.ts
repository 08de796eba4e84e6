import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { CaptureReader } from '../../src/capture/index.js';
import { SensorError } from '../../src/errors.js';

/** What a reader says of one packet. */
interface Seen {
  readonly seconds: number;
  readonly microseconds: number;
  readonly originalLength: number;
  readonly bytes: string;
}

interface TheirPacket {
  readonly header: { timestampSeconds: number; timestampMicroseconds: number; originalLength: number };
  readonly data: Buffer;
}

const digest = (bytes: Uint8Array): string => createHash('sha1').update(bytes).digest('hex');

/** The packets pcap-parser finds, up to an error. */
async function theirs(file: Uint8Array): Promise<Seen[]> {
  const { default: pcapParser } = await import('pcap-parser');
  const seen: Seen[] = [];
  // The whole file as one chunk: with several it would be asked for more than it has room for.
  const parser = pcapParser.parse(Readable.from([Buffer.from(file)]));
  await new Promise<void>((resolve) => {
    parser.on('packet', ({ header, data }: TheirPacket) => {
      seen.push({
        seconds: header.timestampSeconds,
        microseconds: header.timestampMicroseconds,
        originalLength: header.originalLength,
        bytes: digest(data),
      });
    });
    parser.on('end', resolve);
    parser.on('error', resolve);
  });
  return seen;
}

/** The packets we find, up to an error. */
function ours(file: Uint8Array): Seen[] {
  const seen: Seen[] = [];
  const reader: CaptureReader = new CaptureReader({
    passesOver: false,
    passedOver: () => {},
    packet(bytes, start, end, _linkType, originalLength) {
      const { seconds, nanoseconds } = reader.timestamp();
      seen.push({
        seconds,
        microseconds: nanoseconds / 1000,
        originalLength,
        bytes: digest(bytes.subarray(start, end)),
      });
    },
  });
  try {
    for (let at = 0; at < file.length; ) {
      const space = reader.space();
      const part = file.subarray(at, at + space.length);
      space.set(part);
      reader.wrote(part.length);
      at += part.length;
    }
  } catch (error) {
    if (!(error instanceof SensorError)) throw error;
  }
  return seen;
}

const captures = new URL('../../../shared/captures/tls/', import.meta.url);

/** Classic pcap with microseconds is all that pcap-parser reads. */
const isClassic = (file: Uint8Array): boolean => {
  const magic = Buffer.from(file.subarray(0, 4)).toString('hex');
  return magic === 'd4c3b2a1' || magic === 'a1b2c3d4';
};

describe.skipIf(!existsSync(captures))('pcap-parser (skipped where ../shared/captures is absent)', () => {
  const files = existsSync(captures)
    ? readdirSync(captures).filter((name) => isClassic(readFileSync(new URL(encodeURIComponent(name), captures))))
    : [];

  it('has something to read', () => {
    expect(files.length).toBeGreaterThan(100);
  });

  it.each(files)('finds the same packets, times and lengths in %s', async (name) => {
    const file = new Uint8Array(readFileSync(fileURLToPath(new URL(encodeURIComponent(name), captures))));
    const mine = ours(file);
    const other = await theirs(file);
    // It has no upper bound for a packet, and goes on into what we refuse: all that we read must be what it read.
    expect(mine.length).toBeGreaterThan(0);
    expect(other.slice(0, mine.length)).toEqual(mine);
  });
});
