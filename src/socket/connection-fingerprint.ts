import type { Endpoint } from '../endpoint.js';
import { fingerprint, offeredVersion } from '../fingerprint/index.js';
import type { ProxyHeader } from '../haproxy/index.js';
import type { ClientHello, Fingerprint, FingerprintValue, OpenSslGeneration } from '../model/index.js';

/** What a connection's hello says of its client. Each value is computed when it is first read. */
export interface ConnectionFingerprint {
  /** The first hello: after a HelloRetryRequest the client sends another one, which only the server sees. */
  readonly hello: ClientHello;
  readonly ja3: FingerprintValue;
  readonly ja3n: FingerprintValue;
  /** For both OpenSSL generations a Dovecot may be linked with. */
  readonly sslJa3: Readonly<Record<OpenSslGeneration, FingerprintValue>>;
  /** null where signature_algorithms, ALPN or supported_versions is malformed: the hello's notes say which. */
  readonly ja4: FingerprintValue | null;
  /** Highest version of TLS that is offered: `1.3`. */
  readonly offeredVersion: string;
  /** The PROXY header before the hello; null where none came or none was asked for. */
  readonly proxy: ProxyHeader | null;
  /** The client's end as that header announces it; null without, and where it announces none. */
  readonly proxiedSrc: Endpoint | null;
  /** The hashes alone: what a logger makes of it. */
  toJSON(): FingerprintHashes;
}

declare module 'net' {
  interface Socket {
    /**
     * What the client's hello says of it, on a server that has `fingerprintConnections`: there when 'secureConnection' is emitted. null where the hello could
     * not be used; undefined on other servers, and while the hello has not come.
     */
    fingerprint?: ConnectionFingerprint | null;
  }
}

/** As `JSON.stringify` shows a {@link ConnectionFingerprint}. */
export interface FingerprintHashes {
  readonly ja3: string;
  readonly ja3n: string;
  readonly sslJa3: Readonly<Record<OpenSslGeneration, string>>;
  readonly ja4: string | null;
}

export function connectionFingerprint(hello: ClientHello, proxy: ProxyHeader | null): ConnectionFingerprint {
  return new OfConnection(hello, proxy);
}

class OfConnection implements ConnectionFingerprint {
  readonly #hello: ClientHello;
  readonly #proxy: ProxyHeader | null;
  readonly #sslJa3: BothSslJa3;

  constructor(hello: ClientHello, proxy: ProxyHeader | null) {
    this.#hello = hello;
    this.#proxy = proxy;
    this.#sslJa3 = new BothSslJa3(hello);
  }

  get hello(): ClientHello {
    return this.#hello;
  }

  get ja3(): FingerprintValue {
    return this.#sslJa3.older.ja3;
  }

  get ja3n(): FingerprintValue {
    return this.#sslJa3.older.ja3n;
  }

  get sslJa3(): Readonly<Record<OpenSslGeneration, FingerprintValue>> {
    return this.#sslJa3;
  }

  get ja4(): FingerprintValue | null {
    return this.#sslJa3.older.ja4;
  }

  get offeredVersion(): string {
    return offeredVersion(this.#hello).row;
  }

  get proxy(): ProxyHeader | null {
    return this.#proxy;
  }

  get proxiedSrc(): Endpoint | null {
    return this.#proxy?.src ?? null;
  }

  toJSON(): FingerprintHashes {
    return {
      ja3: this.ja3.hash,
      ja3n: this.ja3n.hash,
      sslJa3: { '3.0': this.sslJa3['3.0'].hash, '3.5': this.sslJa3['3.5'].hash },
      ja4: this.ja4?.hash ?? null,
    };
  }
}

/** The set of a hello for either generation; but for sslJa3 the two are the same. */
class BothSslJa3 implements Readonly<Record<OpenSslGeneration, FingerprintValue>> {
  readonly #hello: ClientHello;
  #older: Fingerprint | undefined;
  #newer: Fingerprint | undefined;

  constructor(hello: ClientHello) {
    this.#hello = hello;
  }

  get older(): Fingerprint {
    this.#older ??= fingerprint(this.#hello);
    return this.#older;
  }

  get '3.0'(): FingerprintValue {
    return this.older.sslJa3;
  }

  get '3.5'(): FingerprintValue {
    this.#newer ??= fingerprint(this.#hello, { openssl: '3.5' });
    return this.#newer.sslJa3;
  }
}
