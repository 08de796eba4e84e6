/** Every ceiling of the room, each with its reason. docs/limits.md lists them for operators. */
export interface CaptureLimits {
  /** Connections tracked at once; beyond it the one idle longest makes room. About 70 bytes each, and about 1 KiB while one is still being looked into. */
  readonly connections: number;
  /** Bytes kept for one direction of a connection while earlier bytes are missing. A hello has at most 64 KiB; twice that outlasts any reordering. */
  readonly heldPerDirection: number;
  /** Bytes kept in all, out-of-order segments and unfinished hellos together; beyond it the oldest holder is dropped. */
  readonly heldInAll: number;
  /** IP datagrams being put together from fragments. */
  readonly fragmentedDatagrams: number;
  /** Bytes of fragments kept in all. */
  readonly fragmentBytes: number;
}

export const defaultCaptureLimits: CaptureLimits = {
  connections: 262_144,
  heldPerDirection: 131_072,
  heldInAll: 16_777_216,
  fragmentedDatagrams: 1_024,
  fragmentBytes: 4_194_304,
};

/** Largest packet a capture may hold: libpcap's MAXIMUM_SNAPLEN, the most any tool writes. Anything above is damage. */
export const maxPacketBytes = 262_144;

/** The reading window: holds several of the largest packets, or a pcapng block as large. */
export const windowBytes = 1_048_576;

/**
 * Most bytes taken in one read. The same front part of the window is filled again and again and stays in the processor's cache, and what one read
 * brings in hellos stays few: they are garbage again before the collector has to look at them.
 */
export const readBytes = 131_072;

/** Interfaces of one pcapng section (each a link type and a clock). tcpdump -i any makes one; more than this is an attack on memory. */
export const maxInterfaces = 65_536;

/** Headers opened in one packet, tunnels included. The deepest real ones (VLAN, MPLS, GRE, IP, GTP) have about ten. */
export const maxLayers = 24;

/** Seconds of capture time after which a silent connection is forgotten. */
export const idleSeconds = 600;

/** Seconds a closed connection is remembered, so that late retransmissions are not taken for a new one. */
export const lingerSeconds = 60;

/** Seconds of capture time a datagram waits for its missing fragments: RFC 8200 section 4.5 says 60, RFC 1122 section 3.3.2 60 to 120. */
export const fragmentSeconds = 60;

/** How far ahead or back a sequence number may lie and still belong to the same connection: the largest window RFC 7323 section 2.3 makes usual. */
export const maxSequenceJump = 16_777_216;

/** Where a capture begins inside a connection, bytes kept to be read again when earlier ones turn up late. Two full hellos of today. */
export const earlyBytes = 16_384;
