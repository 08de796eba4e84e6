/** Encoders of hellos and records, for tests only: they write what they are told, sound or not. */

export type Bytes = Uint8Array | readonly number[];

export function concat(...parts: Bytes[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

export function u16(...values: number[]): Uint8Array {
  return Uint8Array.from(values.flatMap((value) => [value >>> 8, value & 0xff]));
}

export function u24(value: number): Uint8Array {
  return Uint8Array.of(value >>> 16, (value >>> 8) & 0xff, value & 0xff);
}

export function ascii(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'latin1'));
}

/** `content` behind a one-byte length. */
export function prefixed8(...content: Bytes[]): Uint8Array {
  const bytes = concat(...content);
  return concat([bytes.length], bytes);
}

/** `content` behind a two-byte length. */
export function prefixed16(...content: Bytes[]): Uint8Array {
  const bytes = concat(...content);
  return concat(u16(bytes.length), bytes);
}

export function extension(type: number, ...content: Bytes[]): Uint8Array {
  return concat(u16(type), prefixed16(...content));
}

export const serverNameExtension = (name: string) => extension(0, prefixed16([0], prefixed16(ascii(name))));
export const groupsExtension = (...groups: number[]) => extension(10, prefixed16(u16(...groups)));
export const pointFormatsExtension = (...formats: number[]) => extension(11, prefixed8(formats));
export const signaturesExtension = (...schemes: number[]) => extension(13, prefixed16(u16(...schemes)));
export const alpnExtension = (...names: Bytes[]) => extension(16, prefixed16(...names.map((name) => prefixed8(name))));
export const versionsExtension = (...versions: number[]) => extension(43, prefixed8(u16(...versions)));

/** A handshake message: its header and body. */
export function handshake(type: number, ...body: Bytes[]): Uint8Array {
  const bytes = concat(...body);
  return concat([type], u24(bytes.length), bytes);
}

export interface ClientHelloParts {
  readonly version?: number;
  readonly sessionId?: Bytes;
  readonly ciphers?: readonly number[];
  readonly compression?: readonly number[];
  /** null: no extensions block at all. */
  readonly extensions?: readonly Bytes[] | null;
}

export const TEST_RANDOM = Uint8Array.from({ length: 32 }, (_, i) => 0x40 + i);

export function clientHello(parts: ClientHelloParts = {}): Uint8Array {
  const { version = 0x0303, sessionId = [], ciphers = [0x1301], compression = [0], extensions = [] } = parts;
  return handshake(
    1,
    u16(version),
    TEST_RANDOM,
    prefixed8(sessionId),
    prefixed16(u16(...ciphers)),
    prefixed8(compression),
    extensions === null ? [] : prefixed16(...extensions),
  );
}

export interface ServerHelloParts {
  readonly version?: number;
  readonly random?: Bytes;
  readonly cipher?: number;
  readonly extensions?: readonly Bytes[] | null;
}

export function serverHello(parts: ServerHelloParts = {}): Uint8Array {
  const { version = 0x0303, random = TEST_RANDOM, cipher = 0x1301, extensions = [] } = parts;
  return handshake(
    2,
    u16(version),
    random,
    prefixed8([]),
    u16(cipher),
    [0],
    extensions === null ? [] : prefixed16(...extensions),
  );
}

export const HANDSHAKE = 22;
export const ALERT = 21;
export const CHANGE_CIPHER_SPEC = 20;
export const APPLICATION_DATA = 23;

/** One record around `content`. */
export function record(content: Bytes, type: number = HANDSHAKE): Uint8Array {
  return concat([type, 3, 1], prefixed16(content));
}

/** `content` spread over records that end at these positions and at its end. */
export function records(content: Uint8Array, ends: readonly number[]): Uint8Array {
  const edges = [0, ...ends, content.length];
  return concat(...edges.slice(1).map((end, i) => record(content.subarray(edges[i]!, end))));
}
