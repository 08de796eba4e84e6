import type { Reader } from '../bytes/reader.js';
import { Slab } from '../bytes/slab.js';
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
    return this.#content('serverName', ExtensionType.serverName, readServerName);
  }

  get signatureAlgorithms(): readonly number[] | null {
    return this.#content('signatureAlgorithms', ExtensionType.signatureAlgorithms, readSignatureAlgorithms);
  }

  get alpn(): readonly string[] | null {
    return this.#content('alpn', ExtensionType.alpn, readAlpn);
  }

  get supportedVersions(): readonly number[] | null {
    return this.#content('supportedVersions', ExtensionType.supportedVersions, readSupportedVersions);
  }

  get keyShareGroups(): readonly number[] | null {
    return this.#content('keyShareGroups', ExtensionType.keyShare, readKeyShareGroups);
  }

  get pskKeyExchangeModes(): readonly number[] | null {
    return this.#content('pskKeyExchangeModes', ExtensionType.pskKeyExchangeModes, readPskKeyExchangeModes);
  }

  get compressCertificate(): readonly number[] | null {
    return this.#content('compressCertificate', ExtensionType.compressCertificate, readCompressCertificate);
  }

  get recordSizeLimit(): number | null {
    return this.#content('recordSizeLimit', ExtensionType.recordSizeLimit, readRecordSizeLimit);
  }

  get ech(): boolean {
    return this.#content('ech', ExtensionType.encryptedClientHello, readEncryptedClientHelloOuter) === true;
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
      for (const field of NOTED_FIELDS) void this[field];
      interpreted.notes = [...(this.#read.block?.notes ?? [])].sort((a, b) => a.offset - b.offset);
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

  /** What an extension says: null where there is none, and with a note where it is malformed. */
  #content<K extends NotedField>(field: K, type: number, read: (body: Reader) => ContentOf<K>): ContentOf<K> | null {
    // Most are not there, and the shape says so.
    if (!this.extensionTypes.includes(type)) return null;
    const contents = this.#interpreted;
    let value = contents[field] as ContentOf<K> | null | undefined;
    if (value === undefined) {
      value = this.#read.block!.interpret(type, read);
      (contents as { [field in K]?: ContentOf<K> | null })[field] = value;
    }
    return value;
  }
}

const RANDOM_AT = HANDSHAKE_HEADER_BYTES + 2;

/** The fields whose reading can leave a note. */
const NOTED_FIELDS = [
  'serverName',
  'signatureAlgorithms',
  'alpn',
  'supportedVersions',
  'keyShareGroups',
  'pskKeyExchangeModes',
  'compressCertificate',
  'recordSizeLimit',
  'ech',
] as const satisfies readonly (keyof ClientHello)[];

type NotedField = (typeof NOTED_FIELDS)[number];

type ContentOf<K extends NotedField> = NonNullable<ClientHello[K]>;

/** Contents of extensions as far as they were asked for; undefined: not yet. */
type Contents = { [K in NotedField]?: ContentOf<K> | null } & {
  extensions?: readonly Extension[];
  notes?: readonly HelloNote[];
};
