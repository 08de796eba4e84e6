import type { ClientHello, Fingerprint, FingerprintValue, OpenSslGeneration, Transport } from '../model/index.js';
import { ja3, ja3n } from './ja3.js';
import { ja4 } from './ja4.js';
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
  readonly #options: FingerprintOptions;
  #ja3: FingerprintValue | undefined;
  #ja3n: FingerprintValue | undefined;
  #sslJa3: FingerprintValue | undefined;
  #ja4: FingerprintValue | null | undefined;

  constructor(hello: ClientHello, options: FingerprintOptions) {
    this.#hello = hello;
    this.#options = options;
  }

  get ja3(): FingerprintValue {
    this.#ja3 ??= ja3(this.#hello);
    return this.#ja3;
  }

  get ja3n(): FingerprintValue {
    this.#ja3n ??= ja3n(this.#hello);
    return this.#ja3n;
  }

  get sslJa3(): FingerprintValue {
    this.#sslJa3 ??= sslJa3(this.#hello, this.#options.openssl);
    return this.#sslJa3;
  }

  get ja4(): FingerprintValue | null {
    if (this.#ja4 === undefined) this.#ja4 = ja4(this.#hello, this.#options.transport);
    return this.#ja4;
  }
}
