import { Layer, type Packet, u16 } from '../packet.js';
import { byEtherType } from './ethertype.js';

/**
 * PPP (RFC 1661 section 2, RFC 1662 section 3.1): address and control (FF 03) may be left out, and so may the protocol's first byte when it is 0.
 */
export function ppp(bytes: Uint8Array, packet: Packet): Layer {
  let at = packet.at;
  if (packet.end - at >= 2 && bytes[at] === 0xff && bytes[at + 1] === 0x03) at += 2;
  if (packet.end - at < 1) return Layer.none;
  let protocol = bytes[at]!;
  if ((protocol & 1) === 1) at += 1;
  else {
    if (packet.end - at < 2) return Layer.none;
    protocol = u16(bytes, at);
    at += 2;
  }
  packet.at = at;
  switch (protocol) {
    case 0x0021:
      return Layer.ipv4;
    case 0x0057:
      return Layer.ipv6;
    case 0x0281: // RFC 3032 section 4.3
    case 0x0283:
      return Layer.mpls;
    default:
      return Layer.none;
  }
}

/** PPPoE session (RFC 2516 section 4): version and type 1, code 0 for data, session, length, then PPP without its FF 03. */
export function pppoe(bytes: Uint8Array, packet: Packet): Layer {
  const at = packet.at;
  if (packet.end - at < 6 || bytes[at] !== 0x11 || bytes[at + 1] !== 0) return Layer.none;
  packet.at = at + 6;
  packet.end = Math.min(packet.end, packet.at + u16(bytes, at + 4));
  return Layer.ppp;
}

/** LINKTYPE_C_HDLC and LINKTYPE_PPP_HDLC: address 0F or 8F is Cisco's framing with an EtherType, anything else PPP. */
export function hdlc(bytes: Uint8Array, packet: Packet): Layer {
  const at = packet.at;
  if (packet.end - at < 4) return Layer.none;
  if (bytes[at] !== 0x0f && bytes[at] !== 0x8f) return Layer.ppp;
  packet.at = at + 4;
  return byEtherType(bytes, packet, u16(bytes, at + 2));
}
