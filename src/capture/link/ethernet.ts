import { Layer, type Packet, u16 } from '../packet.js';
import { byEtherType } from './ethertype.js';

/** IEEE 802.3: two addresses of six bytes, then type or length. */
export function ethernet(bytes: Uint8Array, packet: Packet): Layer {
  const at = packet.at;
  if (packet.end - at < 14) return Layer.none;
  packet.at = at + 14;
  return byEtherType(bytes, packet, u16(bytes, at + 12));
}
