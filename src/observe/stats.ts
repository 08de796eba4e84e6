/** What was seen in a capture: the closing line and `--stats`, so that an empty result is never unexplained. */
export interface CaptureStats {
  packets: number;
  /** Bytes of the (decompressed) capture. */
  bytes: number;
  /** TCP connections, those that began before the capture included. */
  connections: number;
  /** Of these, the ones on which TLS began in sight. */
  tls_connections: number;
  /** Observations made. */
  hellos: number;
  /** Byte-identical repeats of a hello on its connection: no new observation. */
  repeats: number;
  /** Hellos that could not be read, by error code. */
  rejected: Record<string, number>;
  /** Packets of which the capture has only the front. */
  cut_by_snaplen: number;
  /** What was dropped because a limit was reached, by the limit's name. */
  limits: Record<string, number>;
  /** Packets of link types this program does not read, by LINKTYPE_ number. */
  link_types_not_understood: Record<string, number>;
}

export function emptyStats(): CaptureStats {
  return {
    packets: 0,
    bytes: 0,
    connections: 0,
    tls_connections: 0,
    hellos: 0,
    repeats: 0,
    rejected: {},
    cut_by_snaplen: 0,
    limits: {},
    link_types_not_understood: {},
  };
}

export function countIn(counts: Record<string, number>, name: string, by = 1): void {
  if (by > 0) counts[name] = (counts[name] ?? 0) + by;
}
