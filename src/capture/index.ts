/**
 * From the bytes of a capture file to the bytes of each TCP connection, in order: file formats, links, tunnels, fragments, segments. Synchronous,
 * without I/O, without allocation per packet, bounded by limits.ts.
 */
export { PacketDecoder, type SegmentSink } from './decode.js';
export type { PacketClock, PacketSink } from './file/format.js';
export { CaptureReader } from './file/reader.js';
export { type CaptureLimits, defaultCaptureLimits } from './limits.js';
export type { Direction } from './tcp/connections.js';
export type { Moment } from './tcp/moment.js';
export { Reassembler } from './tcp/reassembly.js';
export type { Continuity, StreamSink } from './tcp/stream.js';
