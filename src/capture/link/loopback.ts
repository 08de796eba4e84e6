import { Layer, type Packet } from '../packet.js';

/**
 * LINKTYPE_NULL and LINKTYPE_LOOP: a four-byte address family, in the byte order of the capturing host for NULL and big-endian for LOOP. The
 * families are small numbers, so either order can be told from the bytes. IPv6 has another number on each BSD.
 */
export function loopback(bytes: Uint8Array, packet: Packet): Layer {
  const at = packet.at;
  if (packet.end - at < 4) return Layer.none;
  packet.at = at + 4;
  const family = bytes[at] === 0 && bytes[at + 1] === 0 ? bytes[at + 3] : bytes[at];
  switch (family) {
    case 2:
      return Layer.ipv4;
    case 10: // Linux
    case 24: // NetBSD, OpenBSD
    case 28: // FreeBSD
    case 30: // macOS
      return Layer.ipv6;
    default:
      return Layer.none;
  }
}

/** LINKTYPE_RAW, _IPV4, _IPV6 and what follows a tunnel header that does not say: the version nibble tells. */
export function rawIp(bytes: Uint8Array, packet: Packet): Layer {
  if (packet.end - packet.at < 1) return Layer.none;
  const version = bytes[packet.at]! >> 4;
  return version === 4 ? Layer.ipv4 : version === 6 ? Layer.ipv6 : Layer.none;
}
