import { i32, Layer, type Packet, u16 } from '../packet.js';
import type { FragmentStore } from './fragments.js';
import { byProtocol } from './protocol.js';

/** RFC 791 section 3.1. A fragment goes into the store, which answers when the datagram is whole. */
export function ipv4(bytes: Uint8Array, packet: Packet, fragments: FragmentStore): Layer {
  const at = packet.at;
  const available = packet.end - at;
  if (available < 20) return Layer.none;
  const first = bytes[at]!;
  if (first >> 4 !== 4) return Layer.none;
  const header = (first & 15) * 4;
  if (header < 20 || header > available) return Layer.none;
  const total = u16(bytes, at + 2);
  // Where the sending card cuts segments (TSO), the capture sees a total length of 0: all there is belongs to the datagram.
  if (total >= header && total < available) packet.end = at + total;
  else if (total !== 0 && total < header) return Layer.none;
  packet.family = 4;
  packet.address[3] = i32(bytes, at + 12);
  packet.address[7] = i32(bytes, at + 16);
  packet.at = at + header;
  const fragment = u16(bytes, at + 6);
  // Offset in units of eight bytes, and the more-fragments bit.
  if ((fragment & 0x3fff) !== 0) {
    if (total > available) return Layer.none; // cut by the snap length: it can never be whole
    fragments.add(
      bytes,
      packet,
      u16(bytes, at + 4),
      bytes[at + 9]!,
      (fragment & 0x1fff) * 8,
      (fragment & 0x2000) !== 0,
    );
    return Layer.fragment;
  }
  return byProtocol(bytes[at + 9]!);
}
