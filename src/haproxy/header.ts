import type { Endpoint } from '../endpoint.js';

/** A type-length-value of version 2 as sent (PROXY protocol section 2.2). */
export interface ProxyTlv {
  readonly type: number;
  readonly value: Uint8Array;
}

/** What the sender says of the client's TLS (section 2.2.6). Texts are null where their TLV is absent. */
export interface ProxySsl {
  /** PP2_CLIENT_SSL: the client connected over TLS. */
  readonly ssl: boolean;
  /** PP2_CLIENT_CERT_CONN: it gave a certificate on this connection. */
  readonly certificateOnConnection: boolean;
  /** PP2_CLIENT_CERT_SESS: it gave a certificate at least once in this session. */
  readonly certificateInSession: boolean;
  /** 0: a certificate was given and verified. */
  readonly verify: number;
  /** `TLSv1.3` */
  readonly version: string | null;
  readonly commonName: string | null;
  readonly cipher: string | null;
  readonly signatureAlgorithm: string | null;
  readonly keyAlgorithm: string | null;
  /** Every TLV inside, in order. */
  readonly tlvs: readonly ProxyTlv[];
}

export type ProxyFamily = 'UNSPEC' | 'INET' | 'INET6' | 'UNIX';
export type ProxyTransport = 'UNSPEC' | 'STREAM' | 'DGRAM';

/** What a header says in either version. */
export interface ProxyAddresses {
  /** `LOCAL`: the proxy speaks for itself (a health check); the packet's own addresses are the true ones. Version 1 has `PROXY` only. */
  readonly command: 'LOCAL' | 'PROXY';
  /** `UNSPEC` is version 1's UNKNOWN. */
  readonly family: ProxyFamily;
  readonly transport: ProxyTransport;
  /** The client; null for LOCAL, UNSPEC and UNIX. */
  readonly src: Endpoint | null;
  /** Where it connected to; null with `src`. */
  readonly dst: Endpoint | null;
  /** Paths of AF_UNIX sockets, up to their first zero octet, one character an octet; else null. */
  readonly unix: { readonly src: string; readonly dst: string } | null;
}

/** A PROXY header as read. Texts are Latin-1, one character an octet: they are what the sender wrote, not yet fit for a terminal. */
export interface ProxyHeader extends ProxyAddresses {
  readonly version: 1 | 2;
  /** Every TLV, in order, known or not. Empty in version 1. */
  readonly tlvs: readonly ProxyTlv[];
  readonly alpn: string | null;
  /** The host name the client asked for (SNI). */
  readonly authority: string | null;
  readonly uniqueId: Uint8Array | null;
  readonly netns: string | null;
  readonly ssl: ProxySsl | null;
}

/** What {@link ProxyHeader} takes from TLVs. A later TLV of the same type counts. */
export type ProxyExtras = Pick<ProxyHeader, 'tlvs' | 'alpn' | 'authority' | 'uniqueId' | 'netns' | 'ssl'>;

export const NO_EXTRAS: ProxyExtras = { tlvs: [], alpn: null, authority: null, uniqueId: null, netns: null, ssl: null };
