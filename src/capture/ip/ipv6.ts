import { i32, Layer, type Packet, u16 } from '../packet.js';
import type { FragmentStore } from './fragments.js';
import { byProtocol } from './protocol.js';

// Extension headers that can stand before TCP (RFC 8200 section 4.1, RFC 4302, RFC 6275, RFC 7401, RFC 5533).
const hopByHop = 0;
const routing = 43;
const fragmentHeader = 44;
const authentication = 51;
const destinationOptions = 60;
const mobility = 135;
const hostIdentity = 139;
const shim6 = 140;

/** RFC 8200 section 3, and its extension headers in whatever order they come. */
export function ipv6(bytes: Uint8Array, packet: Packet, fragments: FragmentStore): Layer {
  const at = packet.at;
  const available = packet.end - at;
  if (available < 40 || bytes[at]! >> 4 !== 6) return Layer.none;
  const payload = u16(bytes, at + 4);
  // A payload length of 0 is a jumbogram or a segment not yet cut by the card: all there is belongs to it.
  const cut = payload + 40 > available;
  if (payload !== 0 && !cut) packet.end = at + 40 + payload;
  packet.family = 6;
  for (let word = 0; word < 8; word++) packet.address[word] = i32(bytes, at + 8 + word * 4);
  packet.at = at + 40;
  let next = bytes[at + 6]!;
  for (;;) {
    const here = packet.at;
    const left = packet.end - here;
    switch (next) {
      case hopByHop:
      case routing:
      case destinationOptions:
      case mobility:
      case hostIdentity:
      case shim6:
        // Length in units of eight bytes, the first eight not counted.
        if (left < 8) return Layer.none;
        next = bytes[here]!;
        packet.at = here + (bytes[here + 1]! + 1) * 8;
        break;
      case authentication:
        // RFC 4302 section 2.2: length in units of four bytes, two not counted.
        if (left < 8) return Layer.none;
        next = bytes[here]!;
        packet.at = here + (bytes[here + 1]! + 2) * 4;
        break;
      case fragmentHeader: {
        if (left < 8) return Layer.none;
        const word = u16(bytes, here + 2);
        const protocol = bytes[here]!;
        packet.at = here + 8;
        const more = (word & 1) !== 0;
        // RFC 6946: an atomic fragment is a whole datagram.
        if (word >> 3 === 0 && !more) {
          next = protocol;
          break;
        }
        if (cut) return Layer.none;
        fragments.add(bytes, packet, i32(bytes, here + 4), protocol, word & 0xfff8, more);
        return Layer.fragment;
      }
      default:
        return packet.at > packet.end ? Layer.none : byProtocol(next);
    }
    if (packet.at > packet.end) return Layer.none;
  }
}
