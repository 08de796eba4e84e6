import {
  authenticationHeader,
  capwap,
  datagram,
  ethernet,
  etherTypeOf,
  fragments,
  frame,
  geneve,
  gre,
  gtpU,
  ieee80211,
  ip,
  ipv4,
  ipv6,
  join,
  llcSnap,
  mpls,
  optionsHeader,
  ppp,
  pppoe,
  pppProtocolOf,
  radiotap,
  routingHeader,
  sll,
  sll2,
  vlanTag,
  vxlan,
} from '../../build/packets.js';

/** A way to wrap an IP packet, and the link type of what comes out. One packet may become several (fragments). */
export interface Encapsulation {
  readonly name: string;
  readonly linkType: number;
  wrap(packet: Uint8Array): Uint8Array[];
  /** tshark 4.0 does not follow it, and why. */
  readonly notInTshark?: string;
}

const outer4 = { src: '10.9.0.1', dst: '10.9.0.2' };
const outer6 = { src: '2001:db8:9::1', dst: '2001:db8:9::2' };
const carrier = (dport: number) => ({ ...outer4, sport: 50_000, dport });

const one = (name: string, linkType: number, wrap: (packet: Uint8Array) => Uint8Array, notInTshark?: string) => ({
  name,
  linkType,
  wrap: (packet: Uint8Array) => [wrap(packet)],
  ...(notInTshark !== undefined && { notInTshark }),
});

/** LINKTYPE_NULL's address family of IPv6 on one system; IPv4 is 2 on all. */
const family = (packet: Uint8Array, six: number) => (packet[0]! >> 4 === 6 ? six : 2);

export const links: readonly Encapsulation[] = [
  one('Ethernet', 1, frame),
  one('Ethernet with padding and a frame check sequence', 1, (p) => join(frame(p), new Uint8Array(10).fill(0xcc))),
  one('802.3 with LLC and SNAP', 1, (p) => {
    const inner = llcSnap(etherTypeOf(p), p);
    return ethernet(inner.length, inner);
  }),
  one('VLAN', 1, (p) => ethernet(0x8100, vlanTag(5, etherTypeOf(p), p))),
  one('QinQ', 1, (p) => ethernet(0x88a8, vlanTag(7, 0x8100, vlanTag(5, etherTypeOf(p), p)))),
  one('QinQ of the older number', 1, (p) => ethernet(0x9100, vlanTag(7, 0x8100, vlanTag(5, etherTypeOf(p), p)))),
  one('MPLS', 1, (p) => ethernet(0x8847, mpls([1000], p))),
  one('MPLS, three labels', 1, (p) => ethernet(0x8847, mpls([1000, 1001, 1002], p))),
  one(
    'MPLS pseudowire with control word',
    1,
    (p) => ethernet(0x8847, mpls([1000, 16], join([0, 0, 0, 0], frame(p)))),
    'only where told which labels are pseudowires',
  ),
  one('PPPoE', 1, (p) => ethernet(0x8864, pppoe(pppProtocolOf(p), p))),
  one('PPPoE in a VLAN, padded', 1, (p) =>
    join(ethernet(0x8100, vlanTag(7, 0x8864, pppoe(pppProtocolOf(p), p))), new Uint8Array(9)),
  ),
  one('provider backbone bridging', 1, (p) => ethernet(0x88e7, join([0, 0, 0, 9], frame(p)))),
  one('NULL, little-endian', 0, (p) => join([family(p, 24), 0, 0, 0], p)),
  one('NULL, big-endian', 0, (p) => join([0, 0, 0, family(p, 30)], p)),
  one('NULL of FreeBSD', 0, (p) => join([family(p, 28), 0, 0, 0], p)),
  one('LOOP', 108, (p) => join([0, 0, 0, family(p, 24)], p)),
  one('raw IP (12)', 12, (p) => p),
  one('raw IP (14)', 14, (p) => p),
  one('raw IP (101)', 101, (p) => p),
  one('raw IPv4 (228)', 228, (p) => p),
  one('raw IPv6 (229)', 229, (p) => p),
  one('PPP', 9, (p) => ppp(pppProtocolOf(p), p)),
  one('PPP without address and control', 9, (p) => join([0, pppProtocolOf(p)], p)),
  one('PPP with a compressed protocol field', 9, (p) => join([pppProtocolOf(p)], p)),
  one('PPP with MPLS', 9, (p) => ppp(0x0281, mpls([1000], p))),
  one('PPP in HDLC-like framing', 50, (p) => ppp(pppProtocolOf(p), p)),
  one('Cisco HDLC', 104, (p) => join([0x0f, 0], [etherTypeOf(p) >> 8, etherTypeOf(p) & 255], p)),
  one('Linux SLL', 113, (p) => sll(etherTypeOf(p), p)),
  one('Linux SLL with VLAN', 113, (p) => sll(0x8100, vlanTag(5, etherTypeOf(p), p))),
  one('Linux SLL with LLC', 113, (p) => sll(4, llcSnap(etherTypeOf(p), p))),
  one('Linux SLL2', 276, (p) => sll2(etherTypeOf(p), p)),
  one('802.11', 105, (p) => ieee80211(llcSnap(etherTypeOf(p), p))),
  one('802.11 with QoS', 105, (p) => ieee80211(llcSnap(etherTypeOf(p), p), { qos: true })),
  one('802.11 with QoS and HT control', 105, (p) =>
    ieee80211(llcSnap(etherTypeOf(p), p), { qos: true, htControl: true }),
  ),
  one('802.11 with four addresses', 105, (p) =>
    ieee80211(llcSnap(etherTypeOf(p), p), { qos: true, fourAddresses: true }),
  ),
  one('802.11 with radiotap', 127, (p) => radiotap(ieee80211(llcSnap(etherTypeOf(p), p)))),
  one('802.11 with radiotap, time, flags and a padded header', 127, (p) =>
    radiotap(ieee80211(llcSnap(etherTypeOf(p), p), { qos: true, padded: true }), { tsft: true, flags: 0x20 }),
  ),
  one('802.11 with radiotap, two more presence words, padded header', 127, (p) =>
    radiotap(ieee80211(llcSnap(etherTypeOf(p), p), { qos: true, padded: true }), { flags: 0x20, extended: 2 }),
  ),
  one('802.11 with radiotap, time and flags, not padded', 127, (p) =>
    radiotap(ieee80211(llcSnap(etherTypeOf(p), p), { qos: true }), { tsft: true, flags: 0, extended: 1 }),
  ),
  one('PPI with 802.11', 192, (p) => join([0, 0, 8, 0, 105, 0, 0, 0], ieee80211(llcSnap(etherTypeOf(p), p)))),
];

const protocolOf = (packet: Uint8Array) => (packet[0]! >> 4 === 6 ? 41 : 4);
const teb = 0x6558;
const pppType = 0x880b;

export const tunnels: readonly Encapsulation[] = [
  one('IP in IPv4 (IPIP, 6in4)', 1, (p) => frame(ip({ ...outer4, protocol: protocolOf(p), payload: p }))),
  one('IP in IPv6', 1, (p) => frame(ip({ ...outer6, protocol: protocolOf(p), payload: p }))),
  one('GRE', 1, (p) => frame(ip({ ...outer4, protocol: 47, payload: gre(etherTypeOf(p), p) }))),
  one('GRE over IPv6', 1, (p) => frame(ip({ ...outer6, protocol: 47, payload: gre(etherTypeOf(p), p) }))),
  one('GRE with key', 1, (p) => frame(ip({ ...outer4, protocol: 47, payload: gre(etherTypeOf(p), p, { key: 9 }) }))),
  one('GRE with checksum, key and sequence number', 1, (p) =>
    frame(ip({ ...outer4, protocol: 47, payload: gre(etherTypeOf(p), p, { checksum: true, key: 9, sequence: 4 }) })),
  ),
  one('GRE with an Ethernet frame (TEB)', 1, (p) =>
    frame(ip({ ...outer4, protocol: 47, payload: gre(teb, frame(p), { key: 9 }) })),
  ),
  one('GRE of PPTP', 1, (p) =>
    frame(
      ip({
        ...outer4,
        protocol: 47,
        payload: gre(pppType, ppp(pppProtocolOf(p), p), { pptp: true, sequence: 1, acknowledgement: 1 }),
      }),
    ),
  ),
  one('GRE with MPLS', 1, (p) => frame(ip({ ...outer4, protocol: 47, payload: gre(0x8847, mpls([77], p)) }))),
  one('ERSPAN type II', 1, (p) =>
    frame(
      ip({
        ...outer4,
        protocol: 47,
        payload: gre(0x88be, join([0x10, 0, 0, 1, 0, 0, 0, 0], frame(p)), { sequence: 3 }),
      }),
    ),
  ),
  one('VXLAN', 1, (p) => frame(datagram(carrier(4789), vxlan(5, frame(p))))),
  one('VXLAN with a VLAN inside', 1, (p) =>
    frame(datagram(carrier(4789), vxlan(5, ethernet(0x8100, vlanTag(2, etherTypeOf(p), p))))),
  ),
  one('Geneve', 1, (p) => frame(datagram(carrier(6081), geneve(teb, frame(p))))),
  one('Geneve with options and plain IP', 1, (p) =>
    frame(datagram(carrier(6081), geneve(etherTypeOf(p), p, [1, 2, 0x80, 1, 9, 9, 9, 9, 1, 2, 1, 0]))),
  ),
  one('GTP-U', 1, (p) => frame(datagram(carrier(2152), gtpU(p)))),
  one('GTP-U with an extension header', 1, (p) => frame(datagram(carrier(2152), gtpU(p, true)))),
  one('CAPWAP with 802.3', 1, (p) => frame(datagram(carrier(5247), capwap(frame(p), false)))),
  one(
    'CAPWAP with 802.11',
    1,
    (p) => frame(datagram(carrier(5247), capwap(ieee80211(llcSnap(etherTypeOf(p), p), { qos: true }), true))),
    'it takes frame control to be swapped, as Cisco has it, unless told otherwise',
  ),
  one('CAPWAP with 802.11, frame control swapped', 1, (p) =>
    frame(datagram(carrier(5247), capwap(ieee80211(llcSnap(etherTypeOf(p), p), { qos: true, swapped: true }), true))),
  ),
  one('MPLS in IP', 1, (p) => frame(ip({ ...outer4, protocol: 137, payload: mpls([77], p) }))),
  one('VLAN, GRE, VXLAN one in the other', 1, (p) =>
    ethernet(
      0x8100,
      vlanTag(
        3,
        0x0800,
        ip({ ...outer4, protocol: 47, payload: gre(0x0800, datagram(carrier(4789), vxlan(5, frame(p)))) }),
      ),
    ),
  ),
  {
    name: 'VXLAN in fragments',
    linkType: 1,
    wrap: (p) => {
      const whole = datagram(carrier(4789), vxlan(5, frame(p)));
      return fragments({ ...outer4, protocol: 17, payload: whole.subarray(20) }, [24, 64], idOf(p)).map(frame);
    },
  },
];

/** The addresses of an IP packet, as text. */
function endsOf(packet: Uint8Array): { src: string; dst: string } {
  const text = (from: number, to: number) =>
    to - from === 4
      ? packet.subarray(from, to).join('.')
      : Buffer.from(packet.subarray(from, to)).toString('hex').match(/.{4}/g)!.join(':');
  return packet[0]! >> 4 === 6 ? { src: text(8, 24), dst: text(24, 40) } : { src: text(12, 16), dst: text(16, 20) };
}

/** An identification that no two packets of a short connection share: made of source port, sequence number and length. */
function idOf(packet: Uint8Array): number {
  const at = packet[0]! >> 4 === 6 ? 40 : 20;
  return (packet[at + 1]! * 7919 + packet[at + 7]! * 31 + packet.length) & 0xffff;
}

/** What the IP header itself may bring: only for the family named. */
export const ipForms: readonly (Encapsulation & { readonly family: 4 | 6 })[] = [
  {
    ...one('IPv4 options', 1, (p) =>
      frame(ipv4({ ...endsOf(p), protocol: 6, payload: p.subarray(20), options: [0x94, 4, 0, 0, 1, 1, 1, 0] })),
    ),
    family: 4,
  },
  {
    ...one(
      'IPv4 with a total length of 0, as the sending card has it before it cuts segments',
      1,
      (p) => frame(ipv4({ ...endsOf(p), protocol: 6, payload: p.subarray(20), totalLength: 0 })),
      'only with its preference for segmentation offload',
    ),
    family: 4,
  },
  {
    name: 'IPv4 fragments',
    linkType: 1,
    family: 4,
    wrap: (p) => fragments({ ...endsOf(p), protocol: 6, payload: p.subarray(20) }, [24, 32], idOf(p)).map(frame),
  },
  {
    name: 'IPv4 fragments, last one first',
    linkType: 1,
    family: 4,
    wrap: (p) =>
      fragments({ ...endsOf(p), protocol: 6, payload: p.subarray(20) }, [24, 32], idOf(p))
        .map(frame)
        .reverse(),
  },
  {
    ...one('IPv6 extension headers', 1, (p) =>
      frame(
        ipv6({
          ...endsOf(p),
          protocol: 6,
          payload: p.subarray(40),
          extensions: [optionsHeader(0), optionsHeader(60, 2), routingHeader('2001:db8::77'), optionsHeader(60)],
        }),
      ),
    ),
    family: 6,
  },
  {
    ...one('IPv6 with an authentication header', 1, (p) =>
      frame(ipv6({ ...endsOf(p), protocol: 6, payload: p.subarray(40), extensions: [authenticationHeader] })),
    ),
    family: 6,
  },
  {
    ...one('an IPv6 atomic fragment', 1, (p) =>
      frame(fragments({ ...endsOf(p), protocol: 6, payload: p.subarray(40) }, [], idOf(p))[0]!),
    ),
    family: 6,
  },
  {
    name: 'IPv6 fragments',
    linkType: 1,
    family: 6,
    wrap: (p) => fragments({ ...endsOf(p), protocol: 6, payload: p.subarray(40) }, [24, 32], idOf(p)).map(frame),
  },
];
