import { byEtherType } from '../link/ethertype.js';
import { ieee80211InCapwap } from '../link/ieee80211.js';
import { rawIp } from '../link/loopback.js';
import { Layer, type Packet, u16 } from '../packet.js';

/** VXLAN (RFC 7348 section 5): eight bytes with the I flag, an Ethernet frame inside. */
export function vxlan(bytes: Uint8Array, packet: Packet): Layer {
  const at = packet.at;
  if (packet.end - at < 8 || (bytes[at]! & 0x08) === 0) return Layer.none;
  packet.at = at + 8;
  return Layer.ethernet;
}

/** Geneve (RFC 8926 section 3.4): version 0, length of the options in words, an EtherType. */
export function geneve(bytes: Uint8Array, packet: Packet): Layer {
  const at = packet.at;
  if (packet.end - at < 8 || bytes[at]! >> 6 !== 0) return Layer.none;
  packet.at = at + 8 + (bytes[at]! & 0x3f) * 4;
  return byEtherType(bytes, packet, u16(bytes, at + 2));
}

/**
 * GTP-U (3GPP TS 29.281 section 5.1): version 1, message 255 is user traffic. With any of the E, S, PN flags four more bytes, the last of them the
 * type of the first extension header; each of those begins with its length in words and ends with the next one's type.
 */
export function gtpU(bytes: Uint8Array, packet: Packet): Layer {
  const at = packet.at;
  if (packet.end - at < 8) return Layer.none;
  const flags = bytes[at]!;
  if (flags >> 5 !== 1 || (flags & 0x10) === 0 || bytes[at + 1] !== 255) return Layer.none;
  packet.at = at + 8;
  if ((flags & 7) !== 0) {
    if (packet.end - at < 12) return Layer.none;
    packet.at = at + 12;
    let next = (flags & 4) !== 0 ? bytes[at + 11]! : 0;
    while (next !== 0) {
      const here = packet.at;
      const length = here < packet.end ? bytes[here]! * 4 : 0;
      if (length === 0 || length > packet.end - here) return Layer.none;
      next = bytes[here + length - 1]!;
      packet.at = here + length;
    }
  }
  return rawIp(bytes, packet);
}

/**
 * CAPWAP data (RFC 5415 section 4.3): type 0 in the preamble is not encrypted; HLEN in words; T says an 802.11 frame is inside (else 802.3); a
 * fragment (F) is left alone.
 */
export function capwap(bytes: Uint8Array, packet: Packet): Layer {
  const at = packet.at;
  if (packet.end - at < 8 || bytes[at] !== 0) return Layer.none;
  const header = (bytes[at + 1]! >> 3) * 4;
  const native = (bytes[at + 2]! & 1) !== 0;
  const fragment = (bytes[at + 3]! & 0x80) !== 0;
  if (fragment || header < 8 || header > packet.end - at) return Layer.none;
  packet.at = at + header;
  return native ? ieee80211InCapwap(bytes, packet) : Layer.ethernet;
}
