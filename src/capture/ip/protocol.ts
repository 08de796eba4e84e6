import { Layer } from '../packet.js';

/** IANA protocol numbers that can lead to TCP. */
export function byProtocol(protocol: number): Layer {
  switch (protocol) {
    case 6:
      return Layer.tcp;
    case 17:
      return Layer.udp;
    case 4: // IP in IP (RFC 2003)
      return Layer.ipv4;
    case 41: // 6in4 (RFC 4213)
      return Layer.ipv6;
    case 47: // GRE (RFC 2784)
      return Layer.gre;
    case 137: // MPLS in IP (RFC 4023)
      return Layer.mpls;
    default:
      return Layer.none;
  }
}
