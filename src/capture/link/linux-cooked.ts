import { Layer, type Packet, u16 } from '../packet.js';
import { byEtherType } from './ethertype.js';

/** Protocol values below 0x600 are Linux's own (LINKTYPE_LINUX_SLL): 1 is raw 802.3 (Novell), 4 is LLC. */
function byCookedProtocol(bytes: Uint8Array, packet: Packet, protocol: number): Layer {
  if (protocol >= 0x600) return byEtherType(bytes, packet, protocol);
  return protocol === 4 ? Layer.llc : Layer.none;
}

/** LINKTYPE_LINUX_SLL: 16 bytes, the protocol last. */
export function linuxSll(bytes: Uint8Array, packet: Packet): Layer {
  const at = packet.at;
  if (packet.end - at < 16) return Layer.none;
  packet.at = at + 16;
  return byCookedProtocol(bytes, packet, u16(bytes, at + 14));
}

/** LINKTYPE_LINUX_SLL2: 20 bytes, the protocol first. */
export function linuxSll2(bytes: Uint8Array, packet: Packet): Layer {
  const at = packet.at;
  if (packet.end - at < 20) return Layer.none;
  packet.at = at + 20;
  return byCookedProtocol(bytes, packet, u16(bytes, at));
}
