import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Handshake } from './handshakes.js';
import { PacketWriter, type Way } from './packet-writer.js';
import { Random } from './random.js';
import { Stamp, streamHeader } from './stamp.js';
import { writeWorkload } from './workloads.js';

/** A capture of any length, and what is in it. */
export interface Stream {
  readonly packets: number;
  readonly bytes: number;
  /** Hellos that are whole. */
  readonly hellos: number;
  readonly pieces: () => Generator<Buffer>;
}

/** Connections of one block. */
const CLIENTS = 16_384;
const SYN = 2;
const ACK = 16;
const PSH_ACK = 24;
const NOTHING = Buffer.alloc(0);
const MIXED_BLOCK = 64e6;

const wayOf = (client: number): Way => ({
  src: 0x0a000000 + client,
  dst: 0xc0a80001 + (client & 4095),
  srcPort: 20_000,
  dstPort: 993,
});

function stampOf(write: (out: PacketWriter) => void): Stamp {
  const folder = mkdtempSync(join(tmpdir(), 'ja3-sensor-growth-'));
  try {
    const path = join(folder, 'block.pcap');
    const out = new PacketWriter(path, new Random(12_345));
    write(out);
    out.close();
    return new Stamp(path, out);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A block in which every client sends these packets, `each` called once a client and round: all do the first, then all the second, … */
function rounds(count: number, each: (out: PacketWriter, client: number, round: number) => void): Stamp {
  return stampOf((out) => {
    for (let round = 0; round < count; round++)
      for (let client = 0; client < CLIENTS; client++) each(out, client, round);
  });
}

function streamOf(stamp: Stamp, times: number, hellosEach: number): Stream {
  return {
    packets: stamp.packets * times,
    bytes: 24 + stamp.bytes * times,
    hellos: hellosEach * times,
    *pieces() {
      yield streamHeader();
      for (let count = 0; count < times; count++) yield stamp.print(count);
    },
  };
}

/** The hello of a handshake, in the pieces TCP carried it in. */
function helloOf(handshakes: readonly Handshake[], split: boolean): Buffer[] {
  const handshake = handshakes.find((one) => one.implicit && one.split === split)!;
  return handshake.steps
    .filter((step) => step.fromClient && step.payload.length > 0)
    .map((step) => step.payload)
    .slice(0, split ? 2 : 1);
}

/** A busy uplink, with ever new connections: the mixed workload, 64 MB of it again and again. */
export function mixedStream(handshakes: readonly Handshake[], bytes: number): Stream {
  let hellos = 0;
  const folder = mkdtempSync(join(tmpdir(), 'ja3-sensor-growth-'));
  try {
    const path = join(folder, 'mixed.pcap');
    const truth = writeWorkload('mixed', path, Math.min(MIXED_BLOCK, bytes), handshakes);
    hellos = truth.hellos;
    const stamp = new Stamp(path, truth);
    return streamOf(stamp, Math.max(1, Math.round(bytes / stamp.bytes)), hellos);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** All of them open before the first says hello, and none closes. */
export function simultaneousStream(handshakes: readonly Handshake[], connections: number): Stream {
  const [hello] = helloOf(handshakes, false);
  const opening = rounds(2, (out, client, round) => {
    const way = wayOf(client);
    if (round === 0) out.tcp(way, 999, 0, SYN, NOTHING);
    else
      out.tcp(
        { src: way.dst, dst: way.src, srcPort: way.dstPort, dstPort: way.srcPort },
        4999,
        1000,
        SYN | ACK,
        NOTHING,
      );
  });
  const greeting = rounds(1, (out, client) => out.tcp(wayOf(client), 1000, 5000, PSH_ACK, hello!));
  const times = Math.ceil(connections / CLIENTS);
  return {
    packets: (opening.packets + greeting.packets) * times,
    bytes: 24 + (opening.bytes + greeting.bytes) * times,
    hellos: CLIENTS * times,
    *pieces() {
      yield streamHeader();
      for (let count = 0; count < times; count++) yield opening.print(count);
      for (let count = 0; count < times; count++) yield greeting.print(count, times + count);
    },
  };
}

/** Every packet opens a connection, and nothing follows. */
export function synFloodStream(_: readonly Handshake[], packets: number): Stream {
  const stamp = rounds(1, (out, client) => out.tcp(wayOf(client), 999, 0, SYN, NOTHING));
  return streamOf(stamp, Math.ceil(packets / CLIENTS), 0);
}

/** Of every hello the first segment alone arrives. */
export function unfinishedStream(handshakes: readonly Handshake[], connections: number): Stream {
  const [first] = helloOf(handshakes, true);
  const stamp = rounds(2, (out, client, round) => {
    if (round === 0) out.tcp(wayOf(client), 999, 0, SYN, NOTHING);
    else out.tcp(wayOf(client), 1000, 5000, ACK, first!);
  });
  return streamOf(stamp, Math.ceil(connections / CLIENTS), 0);
}

/** Segments a reversed hello is cut into. */
const REVERSED = 4;

/** Of every hello the last segment comes first, for 64 clients at a time. */
export function reversedStream(handshakes: readonly Handshake[], connections: number): Stream {
  const hello = Buffer.concat(helloOf(handshakes, true));
  const size = Math.ceil(hello.length / REVERSED);
  const together = 64;
  const stamp = stampOf((out) => {
    for (let from = 0; from < CLIENTS; from += together) {
      for (let round = 0; round <= REVERSED; round++) {
        for (let client = from; client < from + together; client++) {
          const at = (REVERSED - round) * size;
          if (round === 0) out.tcp(wayOf(client), 999, 0, SYN, NOTHING);
          else out.tcp(wayOf(client), 1000 + at, 5000, PSH_ACK, hello.subarray(at, at + size));
        }
      }
    }
  });
  return streamOf(stamp, Math.ceil(connections / CLIENTS), CLIENTS);
}
