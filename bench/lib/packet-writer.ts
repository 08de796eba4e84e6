import { closeSync, openSync, writeSync } from 'node:fs';
import type { Random } from './random.js';

const ETHERNET = 14;
const IPV4 = 20;
const UDP = 8;
/** 20 bytes and the 12 of the timestamps option, as nearly all TCP has today. */
const TCP = 32;
const LONGEST = 16 + 1514;

/** One direction of a conversation. Addresses are 32-bit words. */
export interface Way {
  src: number;
  dst: number;
  srcPort: number;
  dstPort: number;
}

/** Writes a classic pcap (microseconds, little-endian, Ethernet) of IPv4 packets with right checksums. Packets come 1 to 40 µs apart. */
export class PacketWriter {
  readonly #file: number;
  readonly #random: Random;
  readonly #buffer = Buffer.alloc(1 << 22);
  #at = 24;
  #microseconds = 1_700_000_000_000_000;
  bytes = 24;
  packets = 0;

  constructor(path: string, random: Random) {
    this.#file = openSync(path, 'w');
    this.#random = random;
    const header = this.#buffer;
    header.writeUInt32LE(0xa1b2c3d4, 0);
    header.writeUInt16LE(2, 4);
    header.writeUInt16LE(4, 6);
    header.writeUInt32LE(262_144, 16);
    header.writeUInt32LE(1, 20);
  }

  tcp(way: Way, seq: number, ack: number, flags: number, payload: Buffer, length = payload.length): void {
    const at = this.#ipv4(6, way, TCP + length);
    const b = this.#buffer;
    b.writeUInt16BE(way.srcPort, at);
    b.writeUInt16BE(way.dstPort, at + 2);
    b.writeUInt32BE(seq >>> 0, at + 4);
    b.writeUInt32BE(ack >>> 0, at + 8);
    b[at + 12] = 0x80;
    b[at + 13] = flags;
    b.writeUInt16BE(502, at + 14);
    b.writeUInt32BE(0, at + 16);
    b.writeUInt32BE(0x0101080a, at + 20); // two NOPs, timestamps, 10 bytes
    b.writeUInt32BE(Math.floor(this.#microseconds / 1000) >>> 0, at + 24);
    b.writeUInt32BE(0, at + 28);
    payload.copy(b, at + TCP, 0, length);
    const pseudo = (way.src >>> 16) + (way.src & 0xffff) + (way.dst >>> 16) + (way.dst & 0xffff) + 6 + TCP + length;
    b.writeUInt16BE(checksum(b, at, TCP + length, pseudo), at + 16);
  }

  udp(way: Way, payload: Buffer, length = payload.length): void {
    const at = this.#ipv4(17, way, UDP + length);
    const b = this.#buffer;
    b.writeUInt16BE(way.srcPort, at);
    b.writeUInt16BE(way.dstPort, at + 2);
    b.writeUInt16BE(UDP + length, at + 4);
    b.writeUInt16BE(0, at + 6); // no checksum (RFC 768)
    payload.copy(b, at + UDP, 0, length);
  }

  close(): void {
    writeSync(this.#file, this.#buffer, 0, this.#at);
    closeSync(this.#file);
  }

  /** Writes record header, Ethernet and IPv4 header; returns where the `length` bytes behind them go. */
  #ipv4(protocol: number, way: Way, length: number): number {
    const b = this.#buffer;
    if (this.#at + LONGEST > b.length) {
      writeSync(this.#file, b, 0, this.#at);
      this.#at = 0;
    }
    const size = ETHERNET + IPV4 + length;
    this.#microseconds += this.#random.between(1, 40);
    let at = this.#at;
    b.writeUInt32LE(Math.floor(this.#microseconds / 1e6), at);
    b.writeUInt32LE(this.#microseconds % 1e6, at + 4);
    b.writeUInt32LE(size, at + 8);
    b.writeUInt32LE(size, at + 12);
    at += 16;
    b.fill(0, at, at + 12);
    b[at + 5] = 2;
    b[at + 11] = 1;
    b.writeUInt16BE(0x0800, at + 12);
    at += ETHERNET;
    b.writeUInt16BE(0x4500, at);
    b.writeUInt16BE(IPV4 + length, at + 2);
    b.writeUInt16BE(this.packets & 0xffff, at + 4);
    b.writeUInt16BE(0x4000, at + 6); // do not fragment
    b[at + 8] = 64;
    b[at + 9] = protocol;
    b.writeUInt16BE(0, at + 10);
    b.writeUInt32BE(way.src, at + 12);
    b.writeUInt32BE(way.dst, at + 16);
    b.writeUInt16BE(checksum(b, at, IPV4, 0), at + 10);
    this.#at += 16 + size;
    this.bytes += 16 + size;
    this.packets++;
    return at + IPV4;
  }
}

/** The Internet checksum (RFC 1071) of bytes and of what was summed before. */
function checksum(b: Buffer, at: number, length: number, before: number): number {
  let sum = before;
  const even = at + (length & ~1);
  for (let i = at; i < even; i += 2) sum += (b[i]! << 8) | b[i + 1]!;
  if (length & 1) sum += b[even]! << 8;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
