/** A TCP connection written segment by segment, for tests only. */
import type { Bytes } from './hello.js';
import { ACK, join, type Path, reversed, type SegmentParts, SYN, segment } from './packets.js';

export interface ConnectionStart extends Partial<Path> {
  /** Initial sequence numbers: of the SYN and of its answer. */
  readonly clientStart?: number;
  readonly serverStart?: number;
}

/** Its methods return IP packets. Offsets count the bytes of a side's stream, from 0 for the one behind its SYN. */
export class Connection {
  readonly path: Path;
  readonly clientStart: number;
  readonly serverStart: number;
  #clientSent = 0;
  #serverSent = 0;

  constructor(start: ConnectionStart = {}) {
    const { clientStart = 1_000, serverStart = 500_000, ...path } = start;
    this.path = { src: '192.0.2.7', sport: 40_001, dst: '198.51.100.1', dport: 993, ...path };
    this.clientStart = clientStart;
    this.serverStart = serverStart;
  }

  syn(parts: Partial<SegmentParts> = {}): Uint8Array {
    return segment(this.path, { seq: this.clientStart, flags: SYN, ...parts });
  }

  synAck(parts: Partial<SegmentParts> = {}): Uint8Array {
    return segment(reversed(this.path), {
      seq: this.serverStart,
      ack: (this.clientStart + 1) >>> 0,
      flags: SYN | ACK,
      ...parts,
    });
  }

  /** The three-way handshake. */
  open(): Uint8Array[] {
    return [this.syn(), this.synAck(), this.clientAt(0, [])];
  }

  clientAt(offset: number, payload: Bytes, parts: Partial<SegmentParts> = {}): Uint8Array {
    const seq = (this.clientStart + 1 + offset) >>> 0;
    return segment(this.path, { seq, ack: (this.serverStart + 1 + this.#serverSent) >>> 0, payload, ...parts });
  }

  serverAt(offset: number, payload: Bytes, parts: Partial<SegmentParts> = {}): Uint8Array {
    const seq = (this.serverStart + 1 + offset) >>> 0;
    return segment(reversed(this.path), {
      seq,
      ack: (this.clientStart + 1 + this.#clientSent) >>> 0,
      payload,
      ...parts,
    });
  }

  /** The client's next bytes. */
  client(payload: Bytes, parts: Partial<SegmentParts> = {}): Uint8Array {
    const sent = this.#clientSent;
    this.#clientSent += payload.length;
    return this.clientAt(sent, payload, parts);
  }

  /** The server's next bytes. */
  server(payload: Bytes, parts: Partial<SegmentParts> = {}): Uint8Array {
    const sent = this.#serverSent;
    this.#serverSent += payload.length;
    return this.serverAt(sent, payload, parts);
  }
}

/** `bytes` cut at these places. */
export function cut(bytes: Uint8Array, ...places: number[]): Uint8Array[] {
  const edges = [0, ...places, bytes.length];
  return edges.slice(1).map((end, i) => join(bytes.subarray(edges[i]!, end)));
}
