/** Where a server's certificate lies. */
export interface CertificateFiles {
  /** PEM: the server's own certificate first, then those that lead to an authority. */
  readonly chain: string;
  /** PEM, not encrypted; null: in the file of the chain. */
  readonly key: string | null;
}

/** A chain and its key, checked to belong together. */
export interface LoadedCertificate {
  /** Host names it is for (subjectAltName), lower case, `*.example.org` for one label. */
  readonly names: readonly string[];
  /** PEM, the chain from the server's own certificate on, and nothing else. */
  readonly chain: string;
  /** PEM. */
  readonly key: string;
}

/** What a file holds. */
export interface FileText {
  readonly text: string;
  /** Permissions, as stat has them. */
  readonly mode: number;
}

/** @throws SensorError `file_unreadable`, `file_too_large` */
export type ReadFile = (path: string, maxBytes: number) => FileText;

export interface LoadOptions {
  /** Default: from the disk. */
  readonly readFile?: ReadFile;
  /** Milliseconds since 1970 that dates are held against. */
  readonly now?: number;
}
