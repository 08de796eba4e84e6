import type { FingerprintValue, OpenSslGeneration } from '../model/index.js';

/**
 * What was computed for hellos with one ja3 string. A server meets a few hundred clients a hundred thousand times: of all but the first of each kind only
 * the string has to be made: a quarter of the time for all fingerprints (`npm run bench -- 'all four'`).
 */
export interface Shape {
  readonly ja3: FingerprintValue;
  ja3n: FingerprintValue | undefined;
  /** Of hellos without GREASE ciphers: what ssl_ja3 keeps and ja3 leaves out differs from hello to hello otherwise. */
  readonly sslJa3: Partial<Record<OpenSslGeneration, FingerprintValue>>;
  /** By what ja4 depends on besides. */
  readonly ja4: Map<string, FingerprintValue>;
}

/** Shapes remembered. A hostile client can make up any number: when it is reached, all are forgotten. About 2 KiB each. */
const MAX_SHAPES = 1024;

/** Longest text remembered, a shape's ja3 string or a ja4's key: real ones have some 700 characters, a hostile one 200,000. */
const MAX_TEXT = 1024;

/** Values remembered for one shape: versions, ALPN and signature algorithms hardly vary where all else is equal. */
const MAX_JA4_PER_SHAPE = 8;

const shapes = new Map<string, Shape>();

/** @param hash called where the shape is new */
export function shapeOf(string: string, hash: (string: string) => string): Shape {
  const known = shapes.get(string);
  if (known !== undefined) return known;
  const shape: Shape = { ja3: { string, hash: hash(string) }, ja3n: undefined, sslJa3: {}, ja4: new Map() };
  if (string.length <= MAX_TEXT) {
    if (shapes.size >= MAX_SHAPES) shapes.clear();
    shapes.set(string, shape);
  }
  return shape;
}

/** The ja4 remembered under this key, or the one that `make` makes. */
export function rememberJa4(shape: Shape, key: string, make: () => FingerprintValue): FingerprintValue {
  let value = shape.ja4.get(key);
  if (value === undefined) {
    value = make();
    if (key.length > MAX_TEXT) return value;
    if (shape.ja4.size >= MAX_JA4_PER_SHAPE) shape.ja4.clear();
    shape.ja4.set(key, value);
  }
  return value;
}
