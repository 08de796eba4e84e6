/**
 * The packet being taken apart: one object for the whole run, so that nothing is allocated per packet. Every header decoder moves `at` past its
 * header and may lower `end` to what the header says; the innermost IP header wins.
 */
export class Packet {
  /** The unread rest of the packet. */
  at = 0;
  end = 0;
  family: 4 | 6 = 4;
  /** Source in words 0..3, destination in 4..7, most significant first; an IPv4 address is in words 3 and 7 alone. */
  readonly address = new Int32Array(8);
  sourcePort = 0;
  destinationPort = 0;
  /** TCP: sequence number as a signed 32-bit word. */
  sequence = 0;
  /** TCP: the flags byte (RFC 9293 section 3.1). */
  flags = 0;
}

/** What the next header is: the answer of every decoder, and the rows of the table in decode.ts. */
export const Layer = {
  none: 0,
  ethernet: 1,
  ipv4: 2,
  ipv6: 3,
  tcp: 4,
  udp: 5,
  mpls: 6,
  pppoe: 7,
  ppp: 8,
  llc: 9,
  gre: 10,
  vxlan: 11,
  geneve: 12,
  gtpU: 13,
  capwap: 14,
  ieee80211: 15,
  radiotap: 16,
  ppi: 17,
  linuxSll: 18,
  linuxSll2: 19,
  null: 20,
  rawIp: 21,
  hdlc: 22,
  fragment: 23,
} as const;
export type Layer = (typeof Layer)[keyof typeof Layer];

export function u16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

/** A signed word: small integers stay unboxed. */
export function i32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}
