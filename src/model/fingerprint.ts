/** The OpenSSL generation a Dovecot is linked with: 3.0 stands for 1.1.1 to 3.1, 3.5 for 3.2 and later. */
export type OpenSslGeneration = '3.0' | '3.5';

export interface FingerprintValue {
  /** What is hashed, readable: for ja4 this is ja4_r. */
  readonly string: string;
  /** Lower-case hex MD5 for ja3 and its kin; the a_b_c form for ja4. */
  readonly hash: string;
}

/** A value as a list or a log gives it: the hash always, what it was made of where that was written down. */
export interface KnownValue {
  readonly string: string | null;
  readonly hash: string;
}

/** The views of a hello as far as they are known: all of them where the hello was seen, one or two where a log told of it. At least one is there. */
export interface KnownViews {
  readonly ja3: KnownValue | null;
  readonly ja3n: KnownValue | null;
  readonly sslJa3: Readonly<Record<OpenSslGeneration, KnownValue | null>>;
  readonly ja4: KnownValue | null;
}

/** The set of one ClientHello. Each member is computed when first read. */
export interface Fingerprint {
  readonly ja3: FingerprintValue;
  readonly ja3n: FingerprintValue;
  readonly sslJa3: FingerprintValue;
  /** null where signature_algorithms, ALPN or supported_versions is malformed: the hello's notes say which. */
  readonly ja4: FingerprintValue | null;
}
