import { readFileSync, rmSync } from 'node:fs';

/** Where in the file's bytes something is that differs from one print to the next. */
const RECORD = 16;
const SOURCE = RECORD + 14 + 12;
const DESTINATION = SOURCE + 4;
const PORTS = RECORD + 14 + 20;

/** First octet of every client's address: no server has it. */
const CLIENT = 10;

/**
 * Packets printed again and again, each time later and from other clients: a stream of any length out of a block that is made once. Clients differ in the
 * first octet of their address and, after 256 prints, in their port. Checksums are those of the first print.
 */
export class Stamp {
  readonly #block: Buffer;
  /** Where packets begin. */
  readonly #packets: number[] = [];
  readonly #times: number[] = [];
  readonly #addresses: number[] = [];
  readonly #ports: { readonly at: number; readonly first: number }[] = [];
  readonly #duration: number;

  /** @param path a little-endian capture of IPv4 over Ethernet, clients in 10.0.0.0/8; it is removed */
  constructor(path: string, written: { readonly packets: number }) {
    const file = readFileSync(path);
    rmSync(path);
    this.#block = file.subarray(24);
    for (let at = 0; at < this.#block.length; at += RECORD + this.#block.readUInt32LE(at + 8)) {
      this.#packets.push(at);
      this.#times.push(this.#block.readUInt32LE(at) * 1e6 + this.#block.readUInt32LE(at + 4));
      const fromClient = this.#block[at + SOURCE] === CLIENT;
      this.#addresses.push(at + (fromClient ? SOURCE : DESTINATION));
      const port = at + PORTS + (fromClient ? 0 : 2);
      this.#ports.push({ at: port, first: this.#block.readUInt16BE(port) });
    }
    if (this.#packets.length !== written.packets) throw new Error(`${path} is not what was written`);
    this.#duration = this.#times.at(-1)! - this.#times[0]! + 20;
  }

  get packets(): number {
    return this.#packets.length;
  }

  get bytes(): number {
    return this.#block.length;
  }

  /** The block as the `count`th print has it, from 0. Valid until the next one. @param time prints between the first and this one in time */
  print(count: number, time = count): Buffer {
    const block = this.#block;
    const later = time * this.#duration;
    for (let i = 0; i < this.#packets.length; i++) {
      const at = this.#packets[i]!;
      const microseconds = this.#times[i]! + later;
      block.writeUInt32LE(Math.floor(microseconds / 1e6), at);
      block.writeUInt32LE(microseconds % 1e6, at + 4);
      block[this.#addresses[i]!] = (CLIENT + count) & 0xff;
      const port = this.#ports[i]!;
      if (count >= 256) block.writeUInt16BE((port.first + (count >> 8)) & 0xffff, port.at);
    }
    return block;
  }
}

/** The header of the stream. */
export function streamHeader(): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(262_144, 16);
  header.writeUInt32LE(1, 20);
  return header;
}
