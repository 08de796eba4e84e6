import type {
  ClientHello,
  Fingerprint,
  FingerprintValue,
  HelloShape,
  OpenSslGeneration,
  Transport,
} from '../model/index.js';
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

/** Values of hellos with one shape, as far as they were asked for. */
interface Known {
  /** Shared with all shapes of one ja3. */
  readonly shape: Shape;
  readonly sslJa3: Partial<Record<OpenSslGeneration, FingerprintValue>>;
  readonly ja4: Partial<Record<Transport, FingerprintValue | null>>;
}

/** Hellos that were met before share their shape, and with it everything that is made of it. */
const knownShapes = new WeakMap<HelloShape, Known>();

class LazyFingerprint implements Fingerprint {
  readonly #hello: ClientHello;
  readonly #transport: Transport;
  readonly #openssl: OpenSslGeneration;
  #known: Known | undefined;

  constructor(hello: ClientHello, options: FingerprintOptions) {
    this.#hello = hello;
    this.#transport = options.transport ?? 'tcp';
    this.#openssl = options.openssl ?? '3.0';
  }

  get ja3(): FingerprintValue {
    return this.#values.shape.ja3;
  }

  get ja3n(): FingerprintValue {
    const known = this.#values.shape;
    known.ja3n ??= ja3n(this.#hello);
    return known.ja3n;
  }

  get sslJa3(): FingerprintValue {
    const known = this.#values;
    let value = known.sslJa3[this.#openssl];
    if (value === undefined) {
      const shared = this.#hello.cipherSuites.some(isGrease) ? null : known.shape.sslJa3;
      value = shared?.[this.#openssl] ?? sslJa3(this.#hello, this.#openssl);
      if (shared !== null) shared[this.#openssl] = value;
      known.sslJa3[this.#openssl] = value;
    }
    return value;
  }

  get ja4(): FingerprintValue | null {
    const known = this.#values;
    let value = known.ja4[this.#transport];
    if (value === undefined) {
      const parts = ja4Parts(this.#hello, this.#transport);
      value = parts === null ? null : rememberJa4(known.shape, ja4Key(parts), () => ja4From(this.#hello, parts));
      known.ja4[this.#transport] = value;
    }
    return value;
  }

  get #values(): Known {
    if (this.#known === undefined) {
      const { shape } = this.#hello;
      this.#known = knownShapes.get(shape);
      if (this.#known === undefined) {
        this.#known = { shape: shapeOf(ja3StringOf(this.#hello), md5), sslJa3: {}, ja4: {} };
        knownShapes.set(shape, this.#known);
      }
    }
    return this.#known;
  }
}
