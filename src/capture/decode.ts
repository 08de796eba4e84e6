import type { PacketClock } from './file/format.js';
import { isDull, plainSegment } from './hot-loop.js';
import { FragmentStore } from './ip/fragments.js';
import { ipv4 } from './ip/ipv4.js';
import { ipv6 } from './ip/ipv6.js';
import { byProtocol } from './ip/protocol.js';
import { type CaptureLimits, maxLayers } from './limits.js';
import { ethernet } from './link/ethernet.js';
import { llc } from './link/ethertype.js';
import { ieee80211, ppi, radiotap } from './link/ieee80211.js';
import { firstLayer } from './link/index.js';
import { linuxSll, linuxSll2 } from './link/linux-cooked.js';
import { loopback, rawIp } from './link/loopback.js';
import { mpls } from './link/mpls.js';
import { hdlc, ppp, pppoe } from './link/ppp.js';
import { Layer, Packet } from './packet.js';
import { tcpHeader } from './tcp/segment.js';
import { gre } from './tunnel/gre.js';
import { capwap, geneve, gtpU, vxlan } from './tunnel/overlay.js';
import { udp } from './tunnel/udp.js';

/** Receives each TCP segment: the payload is the packet's unread bytes, [packet.at, packet.end). */
export interface SegmentSink {
  segment(bytes: Uint8Array, packet: Packet): void;
}

/**
 * From a packet to its TCP segment, through whatever links and tunnels. Each decoder reads one header and names the next; a packet that is none of
 * our business, or lies about itself, ends silently.
 */
export class PacketDecoder {
  readonly fragments: FragmentStore;
  readonly #packet = new Packet();
  readonly #sink: SegmentSink;
  #linkType = -1;
  #first: Layer = Layer.none;
  // The window stays the same for a whole file, and so does its view.
  #bytes: Uint8Array | null = null;
  #view: DataView = new DataView(new ArrayBuffer(0));

  constructor(sink: SegmentSink, clock: PacketClock, limits: CaptureLimits) {
    this.#sink = sink;
    this.fragments = new FragmentStore(clock, limits);
  }

  /** @returns false where the link type is not understood */
  decode(bytes: Uint8Array, start: number, end: number, linkType: number): boolean {
    if (linkType !== this.#linkType) {
      this.#linkType = linkType;
      this.#first = firstLayer(linkType);
    }
    if (this.#first === Layer.none) return false;
    const packet = this.#packet;
    if (this.#first === Layer.ethernet) {
      if (bytes !== this.#bytes) {
        this.#bytes = bytes;
        this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      }
      if (plainSegment(this.#view, start, end, packet)) {
        this.#sink.segment(bytes, packet);
        return true;
      }
      if (isDull(this.#view, start, end)) return true;
    }
    packet.at = start;
    packet.end = end;
    this.#descend(bytes, this.#first, 0);
    return true;
  }

  #descend(bytes: Uint8Array, first: Layer, above: number): void {
    const packet = this.#packet;
    let layer: Layer = first;
    for (let depth = above; depth < maxLayers; depth++) {
      switch (layer) {
        case Layer.ethernet:
          layer = ethernet(bytes, packet);
          break;
        case Layer.ipv4:
          layer = ipv4(bytes, packet, this.fragments);
          break;
        case Layer.tcp:
          if (tcpHeader(bytes, packet)) this.#sink.segment(bytes, packet);
          return;
        case Layer.udp:
          layer = udp(bytes, packet);
          break;
        case Layer.none:
          return;
        case Layer.ipv6:
          layer = ipv6(bytes, packet, this.fragments);
          break;
        case Layer.fragment: {
          const whole = this.fragments.take();
          if (whole === null) return;
          packet.at = 0;
          packet.end = whole.bytes.length;
          this.#descend(whole.bytes, byProtocol(whole.protocol), depth + 1);
          return;
        }
        default:
          layer = this.#rare(bytes, layer);
      }
    }
  }

  #rare(bytes: Uint8Array, layer: Layer): Layer {
    const packet = this.#packet;
    switch (layer) {
      case Layer.linuxSll:
        return linuxSll(bytes, packet);
      case Layer.linuxSll2:
        return linuxSll2(bytes, packet);
      case Layer.rawIp:
        return rawIp(bytes, packet);
      case Layer.null:
        return loopback(bytes, packet);
      case Layer.ppp:
        return ppp(bytes, packet);
      case Layer.pppoe:
        return pppoe(bytes, packet);
      case Layer.hdlc:
        return hdlc(bytes, packet);
      case Layer.mpls:
        return mpls(bytes, packet);
      case Layer.llc:
        return llc(bytes, packet);
      case Layer.ieee80211:
        return ieee80211(bytes, packet);
      case Layer.radiotap:
        return radiotap(bytes, packet);
      case Layer.ppi:
        return ppi(bytes, packet);
      case Layer.gre:
        return gre(bytes, packet);
      case Layer.vxlan:
        return vxlan(bytes, packet);
      case Layer.geneve:
        return geneve(bytes, packet);
      case Layer.gtpU:
        return gtpU(bytes, packet);
      case Layer.capwap:
        return capwap(bytes, packet);
      default:
        return Layer.none;
    }
  }
}
