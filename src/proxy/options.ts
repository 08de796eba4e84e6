import type { OpenSslGeneration } from '../model/index.js';
import type { Protocol } from './dialogue.js';

/** Everything a proxy is told. Checked and complete: defaults are the configuration's business. */
export interface ProxyOptions {
  /** The name greetings and EHLO show. */
  readonly hostname: string;
  readonly listeners: readonly ListenerOptions[];
  /** By name. Routes choose among these and nothing else. */
  readonly backends: ReadonlyMap<string, BackendOptions>;
  readonly limits: LimitOptions;
  /** What happens to logins while the log or the database cannot be written. */
  readonly whenUnrecorded: 'continue' | 'refuse';
  /** Whose `ssl_ja3` is logged and forwarded under that name. */
  readonly openssl: OpenSslGeneration;
}

/** One bound address. */
export interface ListenerOptions {
  /** For logs; several addresses of one listener share it. */
  readonly name: string;
  readonly protocol: Protocol;
  /** Where to listen; `fd` is a socket that is listening already (systemd). */
  readonly bind: { readonly host: string; readonly port: number } | { readonly fd: number };
  /** `none`: no TLS at all here, which only `cleartext` logins or a PROXY header that tells of TLS make useful. */
  readonly tls: 'implicit' | 'starttls' | 'none';
  readonly mode: 'terminated' | 'passed_through';
  /** null: passed through, or no TLS. */
  readonly certificates: ServerCertificates | null;
  /** A PROXY header before everything else; null: none is read. */
  readonly proxyProtocol: 'required' | 'optional' | null;
  /** Whose PROXY headers are believed: addresses and networks. */
  readonly proxyNetworks: readonly string[];
  /** Whose claims about their client (XCLIENT, `x-originating-…`) are believed. */
  readonly trustedNetworks: readonly string[];
  /** Offered SASL mechanisms, in capitals; beyond what the backend offers none is. */
  readonly mechanisms: readonly string[];
  /** Logins are allowed without TLS. */
  readonly cleartext: boolean;
  /** POP3: APOP is offered, by the backend's greeting. Needs a static route. */
  readonly apop: boolean;
  /** What the protocol's capabilities show beside the login; null: what the backend shows. */
  readonly keywords: readonly string[] | null;
  readonly route: RouteOptions;
}

/** Key and chain by server name, checked (certs makes them). */
export interface ServerCertificates {
  /** The first is for clients that name no server, or none that is known. */
  readonly entries: readonly ServerCertificate[];
  /** `TLSv1.2` or `TLSv1.3`. */
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
  /** OpenSSL's cipher list; null: Node's. */
  readonly ciphers: string | null;
}

export interface ServerCertificate {
  /** Host names it is for, lower case, `*.example.org` for one label. */
  readonly names: readonly string[];
  /** PEM, the chain from the server's own certificate on. */
  readonly chain: string;
  /** PEM. */
  readonly key: string;
}

export type RouteOptions =
  | { readonly by: 'static'; readonly backend: string }
  /** `names`: host names in lower case, `*.example.org` for one label or more. */
  | { readonly by: 'sni'; readonly names: ReadonlyMap<string, string>; readonly otherwise: string | null }
  /** The first rule that fits; terminated only. */
  | { readonly by: 'user'; readonly rules: readonly UserRule[]; readonly otherwise: string | null };

export type UserRule =
  /** The whole name, in lower case. */
  | { readonly match: 'exact'; readonly user: string; readonly backend: string }
  /** What stands behind the last `@`, in lower case. */
  | { readonly match: 'domain'; readonly domain: string; readonly backend: string }
  /** RE2 syntax over the whole name; `$1` to `$9` in `backend` are its captures, and what comes out must be a declared backend's name. */
  | { readonly match: 'pattern'; readonly pattern: string; readonly backend: string }
  /** Names (whole, or `@domain`), in lower case, and their backends: a table file. */
  | { readonly match: 'table'; readonly backends: ReadonlyMap<string, string> };

export interface BackendOptions {
  readonly name: string;
  /** Tried in turn; those that failed their last health check last. */
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
  /** Of the link to it, in terminated mode. Passed through, the client's own TLS goes there. */
  readonly tls: 'none' | 'implicit' | 'starttls';
  readonly verify: {
    /** PEM of the authorities; null: the system's. */
    readonly ca: string | null;
    /** The name its certificate must have; null: the host's. */
    readonly serverName: string | null;
    /** Any certificate will do. */
    readonly insecure: boolean;
  };
  /** Version of the PROXY header that is sent first. */
  readonly proxyProtocol: 1 | 2 | null;
  /** Who the client is, by IMAP ID or XCLIENT. Only terminated. */
  readonly forward: boolean;
  /** What of the fingerprint is told with it, by the names of {@link forwardFields}. */
  readonly forwardFields: readonly ForwardField[];
  /** Milliseconds between two checks of each host; null: none are made, and a host that fails is tried last for a while. */
  readonly healthInterval: number | null;
}

export const forwardFields = [
  'ssl_ja3',
  'ssl_ja3_hash',
  'ja3',
  'ja3_hash',
  'ja3n_hash',
  'ja4',
  'client',
  'client_rung',
  'client_score',
] as const;

export type ForwardField = (typeof forwardFields)[number];

/** Times in milliseconds. */
export interface LimitOptions {
  /** Connections at a time, of all listeners of a process. */
  readonly connections: number;
  /** Of one address (IPv6: one /64). */
  readonly connectionsPerAddress: number;
  /** From the connection's beginning to the end of its login. */
  readonly loginTimeout: number;
  /** Until the client's first byte of TLS, and from then to the end of the handshake. */
  readonly handshakeTimeout: number;
  /** Until a backend's host has taken the connection, its TLS included. */
  readonly connectTimeout: number;
  /** Until a backend has answered what it was told. Servers hold back the answer to a wrong password. */
  readonly backendTimeout: number;
  /** Of a line of the client before the login is done. */
  readonly maxLine: number;
  /** Bytes of the client before its login is done, in all. */
  readonly maxBytesBeforeLogin: number;
  readonly maxBadCommands: number;
  readonly maxAttempts: number;
  /** How long sessions may go on after SIGTERM. */
  readonly drainTimeout: number;
}
