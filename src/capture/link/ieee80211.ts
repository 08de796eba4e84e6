import { Layer, type Packet } from '../packet.js';

/** Little-endian, as everything in 802.11 and radiotap. */
function le16(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8);
}

/**
 * IEEE 802.11 section 9.2: data frames that are not encrypted carry LLC. The header has 24 bytes, six more when all four addresses are there, two
 * more with QoS, four more with HT control.
 */
export function ieee80211(bytes: Uint8Array, packet: Packet): Layer {
  return packet.end - packet.at < 24 ? Layer.none : dataFrame(packet, bytes[packet.at]!, bytes[packet.at + 1]!, false);
}

/** In CAPWAP, Cisco's access points send the two bytes of frame control the other way round; only one order makes a data frame. */
export function ieee80211InCapwap(bytes: Uint8Array, packet: Packet): Layer {
  const at = packet.at;
  if (packet.end - at < 24) return Layer.none;
  return (bytes[at]! & 0x0f) === 0x08
    ? dataFrame(packet, bytes[at]!, bytes[at + 1]!, false)
    : dataFrame(packet, bytes[at + 1]!, bytes[at]!, false);
}

function dataFrame(packet: Packet, control: number, flags: number, padded: boolean): Layer {
  const isData = (control & 0x0f) === 0x08; // version 0, type 2
  const withoutBody = (control & 0x40) !== 0; // subtype bit 2: null functions
  const isProtected = (flags & 0x40) !== 0;
  if (!isData || withoutBody || isProtected) return Layer.none;
  let header = 24;
  if ((flags & 3) === 3) header += 6;
  if ((control & 0x80) !== 0) header += (flags & 0x80) !== 0 ? 6 : 2;
  if (padded) header = (header + 3) & ~3;
  packet.at += header;
  return Layer.llc;
}

/** radiotap (radiotap.org): version 0, length, presence bits; of its fields only the flags matter here: bit 5 says the 802.11 header is padded. */
export function radiotap(bytes: Uint8Array, packet: Packet): Layer {
  const at = packet.at;
  if (packet.end - at < 8 || bytes[at] !== 0) return Layer.none;
  const length = le16(bytes, at + 2);
  if (length < 8 || length > packet.end - at) return Layer.none;
  const present = bytes[at + 4]!;
  // Further presence words follow while bit 31 is set.
  let field = at + 8;
  for (let word = at + 4; (bytes[word + 3]! & 0x80) !== 0; word += 4) {
    if (field + 4 > at + length) return Layer.none;
    field += 4;
  }
  // Bit 0: TSFT, eight bytes, aligned to eight from the header's start. Bit 1: flags.
  if ((present & 1) !== 0) field = at + ((field - at + 7) & ~7) + 8;
  const padded = (present & 2) !== 0 && field < at + length && (bytes[field]! & 0x20) !== 0;
  packet.at = at + length;
  if (packet.end - packet.at < 24) return Layer.none;
  return dataFrame(packet, bytes[packet.at]!, bytes[packet.at + 1]!, padded);
}

/** Per-Packet Information (LINKTYPE_PPI): version, flags, length, then the link type inside. Only 802.11 and Ethernet occur. */
export function ppi(bytes: Uint8Array, packet: Packet): Layer {
  const at = packet.at;
  if (packet.end - at < 8) return Layer.none;
  const length = le16(bytes, at + 2);
  if (length < 8 || length > packet.end - at) return Layer.none;
  packet.at = at + length;
  switch (le16(bytes, at + 4)) {
    case 105:
      return Layer.ieee80211;
    case 1:
      return Layer.ethernet;
    default:
      return Layer.none;
  }
}
