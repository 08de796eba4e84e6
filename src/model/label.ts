/** A name for what sent a hello. Many labels may share a fingerprint: a label is a member of a set, never a proof. */
export interface Label {
  readonly client: string;
  readonly version: string;
  readonly tlsLibrary: string;
  /** Where the name comes from: `dovecot-docs`, `debian12-zoo`, an import, an operator. */
  readonly source: string;
}

/** The fingerprint a label was found by. */
export type LabelVia = 'ja3' | 'ssl_ja3' | 'ja4';

/** A label with where it comes from and the one value it is known under. */
export interface LabelRow extends Label {
  /** The view `hash` belongs to. */
  readonly view: LabelVia;
  /** Lower-case hex MD5; for ja4 the a_b_c form. */
  readonly hash: string;
  /** What `hash` was made of (for ja4 this is ja4_r); null where only the hash is known. */
  readonly string: string | null;
  /**
   * `user agent`, `library`, `server`, `audit tool`; `http`: from a list made of web traffic, which rarely meets mail clients; `malware`: from a block list.
   */
  readonly kind: string;
  /** How common, among the labels of one value: 1 where nothing is known. */
  readonly weight: number;
  /**
   * `measured`, `documented`; of imports `string` (the string was there and its hash agrees), `hash` (a hash alone), `record-version` (the version was taken
   * from the record layer, which ja3 does not: kept for reference, never matched). `operator`: added by hand.
   */
  readonly quality: string;
  /** Line of the source file, from 1. */
  readonly sourceRow: number;
  readonly licence: string;
  /** `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; null where unknown. */
  readonly captured: string | null;
}

/** A label found for a hello, and the view it was found through. */
export interface LabelMatch extends Label {
  readonly via: LabelVia;
}
