import { Layer } from '../packet.js';

/** LINKTYPE_ numbers (tcpdump.org/linktypes.html, September 2026) and the header a packet of each begins with. */
const byLinkType: ReadonlyMap<number, Layer> = new Map([
  [0, Layer.null], // NULL
  [1, Layer.ethernet], // ETHERNET
  [9, Layer.ppp], // PPP
  [12, Layer.rawIp], // RAW as BSDs wrote it (DLT_RAW)
  [14, Layer.rawIp], // RAW as OpenBSD wrote it
  [50, Layer.hdlc], // PPP_HDLC
  [51, Layer.pppoe], // PPP_ETHER
  [101, Layer.rawIp], // RAW
  [104, Layer.hdlc], // C_HDLC
  [105, Layer.ieee80211], // IEEE802_11
  [108, Layer.null], // LOOP
  [113, Layer.linuxSll], // LINUX_SLL
  [127, Layer.radiotap], // IEEE802_11_RADIOTAP
  [192, Layer.ppi], // PPI
  [228, Layer.rawIp], // IPV4
  [229, Layer.rawIp], // IPV6
  [276, Layer.linuxSll2], // LINUX_SLL2
]);

/** The first header of a packet of this link type; none where the type is not understood. */
export function firstLayer(linkType: number): Layer {
  return byLinkType.get(linkType) ?? Layer.none;
}
