import type { HelloNote, OpenSslGeneration, Recognition } from '../model/index.js';
import type { AgainstResult } from './against/types.js';

/** A wire number with its name in the registry; hex where it has none. */
export interface NamedValue {
  readonly value: number;
  readonly name: string;
  /** One of the sixteen of RFC 8701. */
  readonly grease: boolean;
}

/** A key share or the like: a named value with so many bytes. */
export interface SizedValue extends NamedValue {
  readonly length: number;
}

/** What an extension says, by the names of its specification. Texts are as sent (Latin-1): escape them before showing them. */
export type ExtensionContent = Readonly<
  Record<
    string,
    string | number | boolean | readonly string[] | readonly number[] | readonly NamedValue[] | readonly SizedValue[]
  >
>;

export interface ExplainedExtension extends NamedValue {
  /** Bytes of its content. */
  readonly length: number;
  /** null: nothing is known of how to read it, it is empty, it is malformed, or a later one of its type counts. */
  readonly content: ExtensionContent | null;
  /** What is wrong with its content. */
  readonly problem: HelloNote | null;
  /** A later extension of the same type counts instead. */
  readonly repeated: boolean;
}

/** A ClientHello field by field. Neither its random nor tickets and keys are in it, only how long they are. */
export interface ExplainedHello {
  /** Of the handshake message, its four-byte header included. */
  readonly length: number;
  /** Of the first record; null where there was none. */
  readonly recordVersion: NamedValue | null;
  readonly legacyVersion: NamedValue;
  /** Bytes of legacy_session_id. */
  readonly sessionIdLength: number;
  readonly cipherSuites: readonly NamedValue[];
  readonly compressionMethods: readonly NamedValue[];
  /** null: the hello ends before an extensions block. */
  readonly extensions: readonly ExplainedExtension[] | null;
}

/** What a ja3 string tells of a hello. */
export interface ExplainedLists {
  readonly version: NamedValue;
  readonly cipherSuites: readonly NamedValue[];
  readonly extensions: readonly NamedValue[];
  readonly supportedGroups: readonly NamedValue[];
  readonly ecPointFormats: readonly NamedValue[];
}

export type Ja3FieldName = 'version' | 'cipher_suites' | 'extensions' | 'supported_groups' | 'ec_point_formats';

/** - `grease`: one of RFC 8701. - `hidden`: OpenSSL does not tell Dovecot of it. */
export type LeftOutBecause = 'grease' | 'hidden';

export interface LeftOut extends NamedValue {
  readonly because: LeftOutBecause;
}

/** One of the five fields of a ja3-like string. */
export interface DerivedField {
  readonly name: Ja3FieldName;
  /** As in the string. */
  readonly text: string;
  /** Values that were sent. */
  readonly sent: number;
  readonly leftOut: readonly LeftOut[];
  /** By number, not in the order they were sent. */
  readonly sorted: boolean;
}

export interface Ja3Derivation {
  readonly string: string;
  readonly hash: string;
  readonly fields: readonly DerivedField[];
}

/** A piece of part a of ja4. */
export interface Ja4Step {
  readonly name: 'transport' | 'version' | 'sni' | 'cipher_suites' | 'extensions' | 'alpn';
  readonly text: string;
  /** In words. Holds nothing of the hello's own texts. */
  readonly because: string;
}

/** Part b or c of ja4. */
export interface Ja4Part {
  /** What is hashed; empty: nothing is, and twelve zeros stand for it. */
  readonly input: string;
  /** The first twelve hex digits of its SHA-256. */
  readonly hash: string;
  readonly leftOut: readonly NamedValue[];
}

export interface Ja4Derivation {
  /** ja4_r. */
  readonly string: string;
  readonly hash: string;
  readonly a: readonly Ja4Step[];
  readonly b: Ja4Part;
  readonly c: Ja4Part;
}

export interface ExplainedFingerprints {
  readonly ja3: Ja3Derivation;
  readonly ja3n: Ja3Derivation;
  readonly sslJa3: Readonly<Record<OpenSslGeneration, Ja3Derivation>>;
  /** null: see `ja4Missing`. */
  readonly ja4: Ja4Derivation | null;
  /** Why there is no ja4: extensions that it needs and that are malformed, or `not_in_ja3_string`. */
  readonly ja4Missing: readonly string[];
}

/** Why ja3 and ssl_ja3 of a hello are not the same. */
export type SslJa3Difference =
  | { readonly because: 'version'; readonly sent: NamedValue }
  | { readonly because: 'grease_ciphers' | 'hidden_extensions'; readonly values: readonly NamedValue[] };

/** Where a hello was seen. */
export interface ExplainedPlace {
  readonly file: string;
  readonly frame: number;
  readonly src: string;
  readonly dst: string;
  readonly starttls: string | null;
  /** It answers a HelloRetryRequest. */
  readonly retry: boolean;
}

/** All there is to say of one hello, or of one ja3 string. */
export interface Explanation {
  readonly kind: 'hello' | 'ja3_string';
  /** null: the hello came as bytes, or there is only a string. */
  readonly place: ExplainedPlace | null;
  /** null of a ja3 string. */
  readonly hello: ExplainedHello | null;
  /** Of a ja3 string only. */
  readonly lists: ExplainedLists | null;
  readonly fingerprints: ExplainedFingerprints;
  /** The OpenSSL generation that the next member is about. */
  readonly openssl: OpenSslGeneration;
  /** Why ja3 and ssl_ja3 differ; empty: they are the same. */
  readonly sslJa3Differs: readonly SslJa3Difference[];
  /** null: no other hash was given. */
  readonly against: AgainstResult | null;
  /** null: nobody was asked. */
  readonly recognition: Recognition | null;
}
