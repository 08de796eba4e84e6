import { i32, type Packet, u16 } from '../packet.js';

// RFC 9293 section 3.1: control bits.
export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const ACK = 0x10;

/** Reads a TCP header (RFC 9293 section 3.1); afterwards the packet's unread bytes are the payload. false: no TCP header. */
export function tcpHeader(bytes: Uint8Array, packet: Packet): boolean {
  const at = packet.at;
  const available = packet.end - at;
  if (available < 20) return false;
  const header = (bytes[at + 12]! >> 4) * 4;
  if (header < 20 || header > available) return false;
  packet.sourcePort = u16(bytes, at);
  packet.destinationPort = u16(bytes, at + 2);
  packet.sequence = i32(bytes, at + 4);
  packet.flags = bytes[at + 13]!;
  packet.at = at + header;
  return true;
}
