import type { ClientHello, Fingerprint, FingerprintValue, OpenSslGeneration, Transport } from '../model/index.js';
import { isGrease } from '../tls/index.js';
import { md5 } from './digest.js';
import { ja3n, ja3StringOf } from './ja3.js';
import { ja4From, ja4Key, ja4Parts } from './ja4.js';
import { rememberJa4, type Shape, shapeOf } from './shapes.js';
import { sslJa3 } from './ssl-ja3.js';

export interface FingerprintOptions {
  /** How the hello travelled, for ja4; default `tcp`. */
  readonly transport?: Transport;
  /** The OpenSSL generation ssl_ja3 is computed for; default `3.0`. */
  readonly openssl?: OpenSslGeneration;
}

/** All fingerprints of a ClientHello. A pure function of the hello and the options; each member is computed when first read and then kept. */
export function fingerprint(hello: ClientHello, options: FingerprintOptions = {}): Fingerprint {
  return new LazyFingerprint(hello, options);
}

class LazyFingerprint implements Fingerprint {
  readonly #hello: ClientHello;
  readonly #transport: Transport;
  readonly #openssl: OpenSslGeneration;
  #shape: Shape | undefined;
  #sslJa3: FingerprintValue | undefined;
  #ja4: FingerprintValue | null | undefined;

  constructor(hello: ClientHello, options: FingerprintOptions) {
    this.#hello = hello;
    this.#transport = options.transport ?? 'tcp';
    this.#openssl = options.openssl ?? '3.0';
  }

  get ja3(): FingerprintValue {
    return this.#known.ja3;
  }

  get ja3n(): FingerprintValue {
    const known = this.#known;
    known.ja3n ??= ja3n(this.#hello);
    return known.ja3n;
  }

  get sslJa3(): FingerprintValue {
    if (this.#sslJa3 !== undefined) return this.#sslJa3;
    const shared = this.#hello.cipherSuites.some(isGrease) ? null : this.#known.sslJa3;
    this.#sslJa3 = shared?.[this.#openssl] ?? sslJa3(this.#hello, this.#openssl);
    if (shared !== null) shared[this.#openssl] = this.#sslJa3;
    return this.#sslJa3;
  }

  get ja4(): FingerprintValue | null {
    if (this.#ja4 === undefined) {
      const parts = ja4Parts(this.#hello, this.#transport);
      this.#ja4 = parts === null ? null : rememberJa4(this.#known, ja4Key(parts), () => ja4From(this.#hello, parts));
    }
    return this.#ja4;
  }

  get #known(): Shape {
    this.#shape ??= shapeOf(ja3StringOf(this.#hello), md5);
    return this.#shape;
  }
}
