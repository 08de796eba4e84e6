import type { Reader } from '../bytes/reader.js';
import type { ClientHello, Extension, HelloNote } from '../model/index.js';
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
import { HandshakeType, messageBody, RANDOM_BYTES, readExtensionBlock } from './handshake.js';
import { u8List, u16List } from './lists.js';

const NONE: readonly number[] = Object.freeze([]);

/**
 * Parses a ClientHello: one whole handshake message, its four-byte header included (RFC 8446 section 4.1.2, RFC 5246 section 7.4.1.2). The message
 * is copied, so the caller's buffer may be reused at once. The copy lies in Node's buffer pool where it is small: an ArrayBuffer of its own would
 * cost as much time as all the rest of the parse (measured: 700 ns against 160).
 *
 * No length limit of its own: the prefixes inside a ClientHello bound it to 132 KB, and what is larger has bytes after its end.
 *
 * @throws SensorError `not_client_hello`, `truncated`, `trailing_bytes` or `odd_length`: framing, cipher list, or extension 10 or 11 broken. Any
 * other malformed extension is a null field with a note. Offsets count from the start of the message.
 */
export function parseClientHello(message: Uint8Array): ClientHello {
  return new ParsedClientHello(Buffer.from(message));
}

/** What every fingerprint needs is read at once, and refuses a broken hello; the rest when it is first asked for. */
class ParsedClientHello implements ClientHello {
  readonly type = 'client_hello';
  readonly raw: Uint8Array;
  readonly legacyVersion: number;
  readonly cipherSuites: readonly number[];
  readonly compressionMethods: readonly number[];
  readonly supportedGroups: readonly number[] | null = null;
  readonly ecPointFormats: readonly number[] | null = null;
  readonly #randomStart: number;
  readonly #sessionIdStart: number;
  readonly #sessionIdEnd: number;
  readonly #block: ExtensionBlock | null;

  // undefined: not asked for yet.
  #extensions: readonly Extension[] | undefined;
  #serverName: string | null | undefined;
  #signatureAlgorithms: readonly number[] | null | undefined;
  #alpn: readonly string[] | null | undefined;
  #supportedVersions: readonly number[] | null | undefined;
  #keyShareGroups: readonly number[] | null | undefined;
  #pskKeyExchangeModes: readonly number[] | null | undefined;
  #compressCertificate: readonly number[] | null | undefined;
  #recordSizeLimit: number | null | undefined;
  #ech: boolean | null | undefined;
  #notes: readonly HelloNote[] | undefined;

  /** @param message becomes `raw`: it must never change afterwards */
  constructor(message: Uint8Array) {
    this.raw = message;
    const body = messageBody(message, HandshakeType.clientHello, 'not_client_hello');
    this.legacyVersion = body.u16('legacy_version');
    this.#randomStart = body.offset;
    body.skip(RANDOM_BYTES, 'random');
    const sessionIdBytes = body.u8('legacy_session_id');
    this.#sessionIdStart = body.offset;
    body.skip(sessionIdBytes, 'legacy_session_id');
    this.#sessionIdEnd = body.offset;
    this.cipherSuites = u16List(body.prefixed16('cipher_suites'), 'cipher_suites');
    this.compressionMethods = u8List(body.prefixed8('legacy_compression_methods'), 'legacy_compression_methods');
    const block = readExtensionBlock(message, body, 'client_hello');
    this.#block = block;
    if (block === null) return;
    const types = block.types;
    for (let i = 0; i < types.length; i++) {
      // Each occurrence must be sound; the last one's contents count.
      if (types[i] === ExtensionType.supportedGroups) this.supportedGroups = readSupportedGroups(block.body(i));
      else if (types[i] === ExtensionType.ecPointFormats) this.ecPointFormats = readEcPointFormats(block.body(i));
    }
  }

  get random(): Uint8Array {
    return this.raw.subarray(this.#randomStart, this.#randomStart + RANDOM_BYTES);
  }

  get sessionId(): Uint8Array {
    return this.raw.subarray(this.#sessionIdStart, this.#sessionIdEnd);
  }

  get extensionTypes(): readonly number[] {
    return this.#block?.types ?? NONE;
  }

  get extensions(): readonly Extension[] | null {
    if (this.#block === null) return null;
    this.#extensions ??= this.#block.list();
    return this.#extensions;
  }

  get serverName(): string | null {
    if (this.#serverName === undefined) this.#serverName = this.#read(ExtensionType.serverName, readServerName);
    return this.#serverName;
  }

  get signatureAlgorithms(): readonly number[] | null {
    if (this.#signatureAlgorithms === undefined) {
      this.#signatureAlgorithms = this.#read(ExtensionType.signatureAlgorithms, readSignatureAlgorithms);
    }
    return this.#signatureAlgorithms;
  }

  get alpn(): readonly string[] | null {
    if (this.#alpn === undefined) this.#alpn = this.#read(ExtensionType.alpn, readAlpn);
    return this.#alpn;
  }

  get supportedVersions(): readonly number[] | null {
    if (this.#supportedVersions === undefined) {
      this.#supportedVersions = this.#read(ExtensionType.supportedVersions, readSupportedVersions);
    }
    return this.#supportedVersions;
  }

  get keyShareGroups(): readonly number[] | null {
    if (this.#keyShareGroups === undefined) {
      this.#keyShareGroups = this.#read(ExtensionType.keyShare, readKeyShareGroups);
    }
    return this.#keyShareGroups;
  }

  get pskKeyExchangeModes(): readonly number[] | null {
    if (this.#pskKeyExchangeModes === undefined) {
      this.#pskKeyExchangeModes = this.#read(ExtensionType.pskKeyExchangeModes, readPskKeyExchangeModes);
    }
    return this.#pskKeyExchangeModes;
  }

  get compressCertificate(): readonly number[] | null {
    if (this.#compressCertificate === undefined) {
      this.#compressCertificate = this.#read(ExtensionType.compressCertificate, readCompressCertificate);
    }
    return this.#compressCertificate;
  }

  get recordSizeLimit(): number | null {
    if (this.#recordSizeLimit === undefined) {
      this.#recordSizeLimit = this.#read(ExtensionType.recordSizeLimit, readRecordSizeLimit);
    }
    return this.#recordSizeLimit;
  }

  get ech(): boolean {
    if (this.#ech === undefined) {
      this.#ech = this.#read(ExtensionType.encryptedClientHello, readEncryptedClientHelloOuter);
    }
    return this.#ech === true;
  }

  get padding(): number | null {
    return this.#block?.length(ExtensionType.padding) ?? null;
  }

  get sessionTicket(): number | null {
    return this.#block?.length(ExtensionType.sessionTicket) ?? null;
  }

  get psk(): boolean {
    return this.#block?.types.includes(ExtensionType.preSharedKey) ?? false;
  }

  get notes(): readonly HelloNote[] {
    if (this.#notes === undefined) {
      for (const field of NOTED_FIELDS) void this[field];
      this.#notes = this.#block === null ? [] : [...this.#block.notes].sort((a, b) => a.offset - b.offset);
    }
    return this.#notes;
  }

  #read<T>(type: number, read: (body: Reader) => T): T | null {
    return this.#block === null ? null : this.#block.interpret(type, read);
  }
}

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
