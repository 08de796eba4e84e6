/** How a hello travelled. */
export type Transport = 'tcp' | 'quic' | 'dtls';

/** One extension as sent: type and raw bytes, nothing removed, order and duplicates kept (RFC 8446 section 4.2). */
export interface Extension {
  readonly type: number;
  readonly data: Uint8Array;
}

/** A field inside an extension that could not be read although the hello's own framing holds. The field reads as null. */
export interface HelloNote {
  readonly code: string;
  readonly field: string;
  /** Offset from the start of the handshake message. */
  readonly offset: number;
}

/**
 * What the fingerprints of a hello are made of, but for its notes. Hellos of one client have mostly the same: where it was met before, they share one
 * object, and what was worked out for it can be kept with it.
 */
export interface HelloShape {
  readonly legacyVersion: number;
  readonly cipherSuites: readonly number[];
  /** In wire order, duplicates included. */
  readonly extensionTypes: readonly number[];
  readonly supportedGroups: readonly number[] | null;
  readonly ecPointFormats: readonly number[] | null;
}

/**
 * A TLS ClientHello with everything the client sent, in order: GREASE, unknown and duplicate extensions, raw extension bytes.
 *
 * Interpreted fields are `null` when the extension is absent, and `null` with an entry in `notes` when it is there but malformed;
 * an empty list is an empty array. Of duplicate extensions the last one counts. Texts are Latin-1: one character a byte.
 */
export interface ClientHello {
  readonly type: 'client_hello';
  /** The whole handshake message, its four-byte header included. A copy: it may be kept. */
  readonly raw: Uint8Array;
  /**
   * Two hellos with the same shape have equal fingerprints, and equal contents of the extensions 10, 11, 13, 16 and 43. Two with different ones may be equal all
   * the same.
   */
  readonly shape: HelloShape;
  /** RFC 8446 section 4.1.2 legacy_version: 771 for TLS 1.2 and 1.3. */
  readonly legacyVersion: number;
  readonly random: Uint8Array;
  readonly sessionId: Uint8Array;
  readonly cipherSuites: readonly number[];
  readonly compressionMethods: readonly number[];
  /** null: the hello ends before an extensions block (RFC 5246 section 7.4.1.2); empty: the block is there and empty. */
  readonly extensions: readonly Extension[] | null;
  /** Their types alone, in wire order, duplicates included; empty also where there is no block. Cheaper than `extensions`. */
  readonly extensionTypes: readonly number[];

  /** host_name of server_name (RFC 6066 section 3). */
  readonly serverName: string | null;
  readonly supportedGroups: readonly number[] | null;
  readonly ecPointFormats: readonly number[] | null;
  readonly signatureAlgorithms: readonly number[] | null;
  /** Protocol names of application_layer_protocol_negotiation (RFC 7301 section 3.1). */
  readonly alpn: readonly string[] | null;
  readonly supportedVersions: readonly number[] | null;
  readonly keyShareGroups: readonly number[] | null;
  readonly pskKeyExchangeModes: readonly number[] | null;
  readonly compressCertificate: readonly number[] | null;
  readonly recordSizeLimit: number | null;
  /** An outer encrypted_client_hello is there (RFC 9849). */
  readonly ech: boolean;
  /** Length of the padding extension's content (RFC 7685). */
  readonly padding: number | null;
  /** Length of the session_ticket extension's content: 0 asks for a ticket (RFC 5077 section 3.2). */
  readonly sessionTicket: number | null;
  /** A pre_shared_key extension is there: a resumption (RFC 8446 section 4.2.11). */
  readonly psk: boolean;

  readonly notes: readonly HelloNote[];
}

/** A TLS ServerHello with everything the server sent, in order. */
export interface ServerHello {
  readonly type: 'server_hello';
  readonly raw: Uint8Array;
  readonly legacyVersion: number;
  readonly random: Uint8Array;
  readonly sessionId: Uint8Array;
  readonly cipherSuite: number;
  readonly compressionMethod: number;
  readonly extensions: readonly Extension[] | null;
  /** selected_version of supported_versions (RFC 8446 section 4.2.1), null in TLS 1.2 and below. */
  readonly selectedVersion: number | null;
  /** The fixed random of RFC 8446 section 4.1.3: a HelloRetryRequest. */
  readonly helloRetryRequest: boolean;
}
