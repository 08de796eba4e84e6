import { byEtherType } from '../link/ethertype.js';
import { Layer, type Packet, u16 } from '../packet.js';

/**
 * GRE (RFC 2784 section 2.1, RFC 2890): two bytes of flags, an EtherType, then checksum, key and sequence where flagged. Version 1 is PPTP's
 * (RFC 2637 section 4.1): key always there, an acknowledgement where flagged, PPP inside.
 */
export function gre(bytes: Uint8Array, packet: Packet): Layer {
  const at = packet.at;
  if (packet.end - at < 4) return Layer.none;
  const flags = u16(bytes, at);
  const version = flags & 7;
  if (version > 1 || (flags & 0x4000) !== 0) return Layer.none; // source routing: RFC 1701, gone since RFC 2784
  const type = u16(bytes, at + 2);
  let header = 4;
  if ((flags & 0x8000) !== 0) header += 4; // checksum and its reserved half
  if ((flags & 0x2000) !== 0) header += 4; // key
  if ((flags & 0x1000) !== 0) header += 4; // sequence number
  if (version === 1 && (flags & 0x0080) !== 0) header += 4; // acknowledgement
  if (header > packet.end - at) return Layer.none;
  packet.at = at + header;
  if (type === 0x88be) {
    // ERSPAN: without a sequence number type I (no header), with one type II (eight bytes); an Ethernet frame inside.
    if ((flags & 0x1000) !== 0) packet.at += 8;
    return Layer.ethernet;
  }
  return byEtherType(bytes, packet, type);
}
