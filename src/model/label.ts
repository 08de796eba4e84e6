/** A name for what sent a hello. Many labels may share a fingerprint: a label is a member of a set, never a proof. */
export interface Label {
  readonly client: string;
  readonly version: string;
  readonly tlsLibrary: string;
  /** Where the name comes from: `dovecot-docs`, `debian12-zoo`, an import, an operator. */
  readonly source: string;
}

/** The fingerprint a label was found by. */
export type LabelVia = 'ja3' | 'ssl_ja3';

/** A label found for a hello, and the view it was found through. */
export interface LabelMatch extends Label {
  readonly via: LabelVia;
}
