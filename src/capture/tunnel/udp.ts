import { Layer, type Packet, u16 } from '../packet.js';

/** UDP (RFC 768) matters only as the carrier of tunnels, told by their registered ports. */
export function udp(bytes: Uint8Array, packet: Packet): Layer {
  const at = packet.at;
  if (packet.end - at < 8) return Layer.none;
  let layer = byPort(u16(bytes, at + 2));
  if (layer === Layer.none) layer = byPort(u16(bytes, at));
  packet.at = at + 8;
  return layer;
}

/** Could a datagram between these ports carry a tunnel? Asked for every datagram, and hardly ever answered with yes: one product, no branch. */
export function mayCarryTunnel(sourcePort: number, destinationPort: number): boolean {
  return Math.imul(distances(sourcePort), distances(destinationPort)) === 0;
}

/** 0 where the port is one of {@link byPort}'s; it may be so for another, whose datagram is taken apart in vain then. */
function distances(port: number): number {
  return Math.imul(
    Math.imul(Math.imul(port - VXLAN, port - VXLAN_OF_LINUX), Math.imul(port - GENEVE, port - GTP_U)),
    port - CAPWAP_DATA,
  );
}

// VXLAN: RFC 7348 section 5, and as Linux had it before the port was registered. Geneve: RFC 8926 section 3.3. GTP-U: 3GPP TS 29.281 section 4.4.2.
// CAPWAP data: RFC 5415 section 3.1.
const VXLAN = 4789;
const VXLAN_OF_LINUX = 8472;
const GENEVE = 6081;
const GTP_U = 2152;
const CAPWAP_DATA = 5247;

function byPort(port: number): Layer {
  switch (port) {
    case VXLAN:
    case VXLAN_OF_LINUX:
      return Layer.vxlan;
    case GENEVE:
      return Layer.geneve;
    case GTP_U:
      return Layer.gtpU;
    case CAPWAP_DATA:
      return Layer.capwap;
    default:
      return Layer.none;
  }
}
