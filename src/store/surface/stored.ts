/** What became of the rows handed in: `added` are new (or, of labels, changed), `known` were there already. */
export interface Stored {
  readonly added: number;
  readonly known: number;
}

export interface StoreCounts {
  readonly fingerprints: number;
  /** Without the removed ones. */
  readonly labels: number;
  readonly observations: number;
  readonly logins: number;
}

/** How often, and when. Times are whole seconds since 1970-01-01 UTC, as the capture or the log says them; null where nothing is counted. */
export interface Seen {
  /** Hellos, from captures and from logs that tell of hellos. */
  readonly hellos: number;
  /** Logins, from login logs. One connection may be counted in both: the two are never added up. */
  readonly logins: number;
  readonly firstSeen: number | null;
  readonly lastSeen: number | null;
}
