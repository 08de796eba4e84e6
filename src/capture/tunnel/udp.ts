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

/** Could a datagram between these ports carry a tunnel? */
export function mayCarryTunnel(sourcePort: number, destinationPort: number): boolean {
  return byPort(destinationPort) !== Layer.none || byPort(sourcePort) !== Layer.none;
}

function byPort(port: number): Layer {
  switch (port) {
    case 4789: // VXLAN (RFC 7348 section 5)
    case 8472: // VXLAN as Linux had it before the port was registered
      return Layer.vxlan;
    case 6081: // Geneve (RFC 8926 section 3.3)
      return Layer.geneve;
    case 2152: // GTP-U (3GPP TS 29.281 section 4.4.2)
      return Layer.gtpU;
    case 5247: // CAPWAP data (RFC 5415 section 3.1)
      return Layer.capwap;
    default:
      return Layer.none;
  }
}
