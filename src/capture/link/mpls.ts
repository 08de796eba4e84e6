import { Layer, type Packet } from '../packet.js';

/**
 * MPLS (RFC 3032 section 2.1): label entries of four bytes up to the one with the bottom-of-stack bit. Nothing says what follows: a nibble 4 or 6
 * is IP, a nibble 0 the control word of a pseudowire (RFC 4385 section 3) with an Ethernet frame behind it.
 */
export function mpls(bytes: Uint8Array, packet: Packet): Layer {
  let at = packet.at;
  for (;;) {
    if (packet.end - at < 4) return Layer.none;
    const bottom = bytes[at + 2]! & 1;
    at += 4;
    if (bottom === 1) break;
  }
  if (packet.end - at < 4) return Layer.none;
  packet.at = at;
  switch (bytes[at]! >> 4) {
    case 4:
      return Layer.ipv4;
    case 6:
      return Layer.ipv6;
    case 0:
      packet.at = at + 4;
      return Layer.ethernet;
    default:
      return Layer.none;
  }
}
