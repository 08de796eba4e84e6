import { Layer, type Packet, u16 } from '../packet.js';

/**
 * What an EtherType says comes next (IEEE 802 numbers). VLAN tags are stepped over here: IEEE 802.1Q, 802.1ad (QinQ) and their older numbers.
 * A value below 0x600 is a length: IEEE 802.2 LLC follows.
 */
export function byEtherType(bytes: Uint8Array, packet: Packet, etherType: number): Layer {
  let type = etherType;
  for (;;) {
    switch (type) {
      case 0x0800:
        return Layer.ipv4;
      case 0x86dd:
        return Layer.ipv6;
      case 0x8100:
      case 0x88a8:
      case 0x9100:
      case 0x9200:
      case 0x9300:
        // Tag control information, then the next type.
        if (packet.end - packet.at < 4) return Layer.none;
        type = u16(bytes, packet.at + 2);
        packet.at += 4;
        break;
      case 0x8926:
        // Cisco VN-Tag: four bytes of tag, then the next type.
        if (packet.end - packet.at < 6) return Layer.none;
        type = u16(bytes, packet.at + 4);
        packet.at += 6;
        break;
      case 0x88e7:
        // IEEE 802.1ah: the I-SID, then a whole customer frame.
        packet.at += 4;
        return Layer.ethernet;
      case 0x8847:
      case 0x8848:
        return Layer.mpls;
      case 0x8864:
        return Layer.pppoe;
      case 0x6558:
        return Layer.ethernet;
      case 0x880b:
        return Layer.ppp;
      default:
        return type < 0x600 ? Layer.llc : Layer.none;
    }
  }
}

/** IEEE 802.2 LLC with SNAP (RFC 1042): AA AA 03, organisation 0, then an EtherType. */
export function llc(bytes: Uint8Array, packet: Packet): Layer {
  const at = packet.at;
  if (packet.end - at < 8 || bytes[at] !== 0xaa || bytes[at + 1] !== 0xaa || bytes[at + 2] !== 3) return Layer.none;
  if (bytes[at + 3] !== 0 || bytes[at + 4] !== 0 || bytes[at + 5] !== 0) return Layer.none;
  const type = u16(bytes, at + 6);
  if (type < 0x600) return Layer.none;
  packet.at = at + 8;
  return byEtherType(bytes, packet, type);
}
