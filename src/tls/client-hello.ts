import { Reader } from '../bytes/reader.js';
import { Slab } from '../bytes/slab.js';
import { SensorError } from '../errors.js';
import type { ClientHello, Extension, HelloNote, HelloShape } from '../model/index.js';
import type { ExtensionBlock } from './extension-block.js';
import {
  ExtensionType,
  readAlpn,
  readCompressCertificate,
  readEcPointFormats,
  readEncryptedClientHelloOuter,
  readKeyShareGroups,
  readPskKeyExchangeModes,
  readRecordSizeLimit,
  readServerName,
  readSignatureAlgorithms,
  readSupportedGroups,
  readSupportedVersions,
} from './extensions/index.js';
import { HANDSHAKE_HEADER_BYTES, HandshakeType, messageBody, RANDOM_BYTES, readExtensionBlock } from './handshake.js';
import { u8List, u16List } from './lists.js';
import { ShapeTable } from './shape.js';

const NONE: readonly number[] = Object.freeze([]);

/**
 * Parses a ClientHello: one whole handshake message, its four-byte header included (RFC 8446 section 4.1.2, RFC 5246 section 7.4.1.2). The message
 * is copied, so the caller's buffer may be reused at once; short ones share their memory with others.
 *
 * No length limit of its own: the prefixes inside a ClientHello bound it to 132 KB, and what is larger has bytes after its end.
 *
 * @throws SensorError `not_client_hello`, `truncated`, `trailing_bytes` or `odd_length`: framing, cipher list, or extension 10 or 11 broken. Any
 * other malformed extension is a null field with a note. Offsets count from the start of the message.
 */
export function parseClientHello(message: Uint8Array): ClientHello {
  const known = shapes.find(message);
  const raw = copies.copy(message);
  if (known !== null) return new ParsedClientHello(raw, known, undefined);
  const layout = readLayout(raw);
  shapes.add(layout.shape);
  return new ParsedClientHello(raw, layout.shape, layout);
}

const shapes = new ShapeTable();
const copies = new Slab();

/** What reading a hello the long way gives. */
interface Layout {
  readonly shape: HelloShape;
  readonly compressionMethods: readonly number[];
  readonly block: ExtensionBlock | null;
}

/** The long way: every list read. @throws SensorError as {@link parseClientHello} */
export function readLayout(message: Uint8Array): Layout {
  const body = messageBody(message, HandshakeType.clientHello, 'not_client_hello');
  const legacyVersion = body.u16('legacy_version');
  body.skip(RANDOM_BYTES, 'random');
  body.prefixed8('legacy_session_id');
  const cipherSuites = u16List(body.prefixed16('cipher_suites'), 'cipher_suites');
  const compressionMethods = u8List(body.prefixed8('legacy_compression_methods'), 'legacy_compression_methods');
  const block = readExtensionBlock(message, body, 'client_hello');
  let supportedGroups: readonly number[] | null = null;
  let ecPointFormats: readonly number[] | null = null;
  const types = block?.types ?? NONE;
  for (let i = 0; i < types.length; i++) {
    // Each occurrence must be sound; the last one's contents count.
    if (types[i] === ExtensionType.supportedGroups) supportedGroups = readSupportedGroups(block!.body(i));
    else if (types[i] === ExtensionType.ecPointFormats) ecPointFormats = readEcPointFormats(block!.body(i));
  }
  const shape = { legacyVersion, cipherSuites, extensionTypes: types, supportedGroups, ecPointFormats };
  return { shape, compressionMethods, block };
}

/** What every fingerprint needs is known at once; the rest is read when it is first asked for. */
class ParsedClientHello implements ClientHello {
  readonly type = 'client_hello';
  readonly raw: Uint8Array;
  readonly shape: HelloShape;
  #layout: Layout | undefined;
  #contents: Contents | undefined;

  /** @param message becomes `raw`: it must never change afterwards */
  constructor(message: Uint8Array, shape: HelloShape, layout: Layout | undefined) {
    this.raw = message;
    this.shape = shape;
    this.#layout = layout;
  }

  get legacyVersion(): number {
    return this.shape.legacyVersion;
  }

  get cipherSuites(): readonly number[] {
    return this.shape.cipherSuites;
  }

  get compressionMethods(): readonly number[] {
    return this.#read.compressionMethods;
  }

  get extensionTypes(): readonly number[] {
    return this.shape.extensionTypes;
  }

  get supportedGroups(): readonly number[] | null {
    return this.shape.supportedGroups;
  }

  get ecPointFormats(): readonly number[] | null {
    return this.shape.ecPointFormats;
  }

  get random(): Uint8Array {
    return this.raw.subarray(RANDOM_AT, RANDOM_AT + RANDOM_BYTES);
  }

  get sessionId(): Uint8Array {
    const start = RANDOM_AT + RANDOM_BYTES + 1;
    return this.raw.subarray(start, start + this.raw[start - 1]!);
  }

  get extensions(): readonly Extension[] | null {
    const { block } = this.#read;
    if (block === null) return null;
    this.#interpreted.extensions ??= block.list();
    return this.#interpreted.extensions;
  }

  get serverName(): string | null {
    return this.#content('serverName');
  }

  get signatureAlgorithms(): readonly number[] | null {
    return this.#content('signatureAlgorithms');
  }

  get alpn(): readonly string[] | null {
    return this.#content('alpn');
  }

  get supportedVersions(): readonly number[] | null {
    return this.#content('supportedVersions');
  }

  get keyShareGroups(): readonly number[] | null {
    return this.#content('keyShareGroups');
  }

  get pskKeyExchangeModes(): readonly number[] | null {
    return this.#content('pskKeyExchangeModes');
  }

  get compressCertificate(): readonly number[] | null {
    return this.#content('compressCertificate');
  }

  get recordSizeLimit(): number | null {
    return this.#content('recordSizeLimit');
  }

  get ech(): boolean {
    return this.#content('ech') === true;
  }

  get padding(): number | null {
    return this.#lengthOf(ExtensionType.padding);
  }

  get sessionTicket(): number | null {
    return this.#lengthOf(ExtensionType.sessionTicket);
  }

  get psk(): boolean {
    return this.extensionTypes.includes(ExtensionType.preSharedKey);
  }

  get notes(): readonly HelloNote[] {
    const interpreted = this.#interpreted;
    if (interpreted.notes === undefined) {
      const { block } = this.#read;
      for (const { type, read } of Object.values(CONTENTS)) block?.interpret<unknown>(type, read);
      interpreted.notes = [...(block?.notes ?? [])].sort((a, b) => a.offset - b.offset);
    }
    return interpreted.notes;
  }

  get #read(): Layout {
    this.#layout ??= readLayout(this.raw);
    return this.#layout;
  }

  get #interpreted(): Contents {
    this.#contents ??= {};
    return this.#contents;
  }

  #lengthOf(type: number): number | null {
    return this.extensionTypes.includes(type) ? this.#read.block!.length(type) : null;
  }

  /** What an extension says: null where there is none, and where it is malformed. */
  #content<K extends NotedField>(field: K): ContentOf<K> | null {
    const { type, read } = CONTENTS[field] as Content<ContentOf<K>>;
    // Most are not there, and the shape says so.
    if (!this.extensionTypes.includes(type)) return null;
    const contents = this.#interpreted as { [field in K]?: ContentOf<K> | null };
    const known = contents[field];
    if (known !== undefined) return known;
    const value = interpreted(extensionBody(this.raw, type), read);
    contents[field] = value;
    return value;
  }
}

const RANDOM_AT = HANDSHAKE_HEADER_BYTES + 2;

interface Content<T> {
  readonly type: number;
  readonly read: (body: Reader) => T;
}

/** The fields whose reading can leave a note. */
const CONTENTS = {
  serverName: { type: ExtensionType.serverName, read: readServerName },
  signatureAlgorithms: { type: ExtensionType.signatureAlgorithms, read: readSignatureAlgorithms },
  alpn: { type: ExtensionType.alpn, read: readAlpn },
  supportedVersions: { type: ExtensionType.supportedVersions, read: readSupportedVersions },
  keyShareGroups: { type: ExtensionType.keyShare, read: readKeyShareGroups },
  pskKeyExchangeModes: { type: ExtensionType.pskKeyExchangeModes, read: readPskKeyExchangeModes },
  compressCertificate: { type: ExtensionType.compressCertificate, read: readCompressCertificate },
  recordSizeLimit: { type: ExtensionType.recordSizeLimit, read: readRecordSizeLimit },
  ech: { type: ExtensionType.encryptedClientHello, read: readEncryptedClientHelloOuter },
} as const satisfies { [K in keyof ClientHello]?: Content<unknown> };

type NotedField = keyof typeof CONTENTS;

type ContentOf<K extends NotedField> = NonNullable<ClientHello[K]>;

/** Contents of extensions as far as they were asked for; undefined: not yet. */
type Contents = { [K in NotedField]?: ContentOf<K> | null } & {
  extensions?: readonly Extension[];
  notes?: readonly HelloNote[];
};

/** The content of the last extension of a type, in a message whose framing is known to be sound and that has one. */
function extensionBody(message: Uint8Array, type: number): Reader {
  const reader = new Reader(message, RANDOM_AT + RANDOM_BYTES);
  reader.skip(reader.u8('legacy_session_id'), 'legacy_session_id');
  reader.skip(reader.u16('cipher_suites'), 'cipher_suites');
  reader.skip(reader.u8('legacy_compression_methods'), 'legacy_compression_methods');
  reader.skip(2, 'extensions');
  let start = 0;
  let end = 0;
  while (reader.remaining > 0) {
    const found = reader.u16('extension_type');
    const length = reader.u16('extension_data');
    if (found === type) {
      start = reader.offset;
      end = start + length;
    }
    reader.skip(length, 'extension_data');
  }
  return new Reader(message, start, end);
}

function interpreted<T>(body: Reader, read: (body: Reader) => T): T | null {
  try {
    return read(body);
  } catch (error) {
    if (error instanceof SensorError) return null;
    throw error;
  }
}
