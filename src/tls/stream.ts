import { Reader } from '../bytes/reader.js';
import { SensorError } from '../errors.js';
import type { ClientHello, ServerHello } from '../model/index.js';
import { parseClientHello } from './client-hello.js';
import { HANDSHAKE_HEADER_BYTES, HandshakeType } from './handshake.js';
import { MAX_EMPTY_RECORDS, MAX_HELLO_BYTES, MAX_RECORD_BYTES, MAX_RECORDS_PER_HELLO } from './limits.js';
import { ContentType, isContentType, RECORD_HEADER_BYTES, RECORD_MAJOR_VERSION } from './record.js';
import { parseServerHello } from './server-hello.js';
import { looksLikeSslv2Hello, SSLV2_SNIFF_BYTES } from './sniff.js';

export type HelloSide = 'client' | 'server';

/** The hello each side sends. */
export type HelloOf<S extends HelloSide> = S extends 'server' ? ServerHello : ClientHello;

/**
 * - `need_more`: all of the chunk was taken, a hello may still come.
 * - `done`: a hello ends after `consumed` bytes of this chunk. Push `chunk.subarray(consumed)` again to look for a further one.
 * - `rejected`: no hello here. Final: every later push says the same.
 */
export type HelloOutcome<H = ClientHello> =
  | { readonly state: 'need_more' }
  | { readonly state: 'done'; readonly hello: H; readonly consumed: number }
  | { readonly state: 'rejected'; readonly error: SensorError };

export interface HelloStreamOptions<S extends HelloSide = 'client'> {
  /** Whose bytes these are; default `client`. */
  readonly side?: S;
  /** Largest hello, its four-byte header included; default 64 KiB. */
  readonly maxHelloBytes?: number;
  /** Most records before a hello is complete; default 4,096. */
  readonly maxRecords?: number;
}

const NEED_MORE = Object.freeze({ state: 'need_more' } as const);

const NOTHING = new Uint8Array(0);

const AlertLevel = { warning: 1, fatal: 2 } as const;

/** First size of the buffer a split hello is gathered in; it doubles as bytes arrive, so that an announcement alone reserves next to nothing. */
const FIRST_BUFFER_BYTES = 2048;

/**
 * Finds hellos in one direction of a TLS connection, from its first byte on, in chunks of any size. What comes out does not depend on how the bytes
 * were cut. Chunks are copied where they must be kept, so the caller may reuse its buffers.
 *
 * Skipped before a hello: alerts of level warning, change_cipher_spec (RFC 8446 appendix D.4 has it before a second hello), empty records, and
 * HelloRequests of a server. Refused, with the code in brackets:
 *
 * - first bytes that are no TLS record (`not_tls`), or an SSLv2-format hello (`sslv2_hello`);
 * - sound TLS that carries something else than a hello (`no_hello`, `fatal_alert`);
 * - broken records (`bad_record_type`, `bad_record_version`, `bad_change_cipher_spec`, `interleaved_record`) and exceeded limits
 *   (`record_too_large`, `hello_too_large`, `too_many_records`, `too_many_empty_records`);
 * - a broken hello, with the codes of {@link parseClientHello} and {@link parseServerHello}.
 *
 * The error's offset counts from the first byte ever pushed; inside a broken hello it counts from the start of its message.
 */
export class HelloStream<S extends HelloSide = 'client'> {
  readonly #side: HelloSide;
  readonly #maxHelloBytes: number;
  readonly #maxRecords: number;
  #rejection: { readonly state: 'rejected'; readonly error: SensorError } | null = null;

  /** Bytes of the stream before the current chunk. */
  #position = 0;
  /** Bytes of the record header under way that have come, and what they said. */
  #headerBytes = 0;
  #announcedType = 0;
  #announcedLength = 0;
  /** The first bytes, where they may begin an SSLv2 hello. */
  #sslv2: Uint8Array | null = null;
  #sawRecord = false;
  #contentType = 0;
  /** Bytes of the current record's content that are still to come; 0 before a record header. */
  #contentLeft = 0;
  #records = 0;
  #emptyRecords = 0;

  /** Level of an alert whose description is in the next record. */
  #alertLevel: number | null = null;

  /** The message under way, where it does not lie whole in one chunk and record. */
  #message = NOTHING;
  #messageBytes = 0;
  #messageTotal = 0;
  /** Where it began in the stream. */
  #messageStart = 0;

  constructor(options: HelloStreamOptions<S> = {}) {
    this.#side = options.side ?? 'client';
    this.#maxHelloBytes = options.maxHelloBytes ?? MAX_HELLO_BYTES;
    this.#maxRecords = options.maxRecords ?? MAX_RECORDS_PER_HELLO;
  }

  /** Takes the next bytes of the stream; after `done`, those behind `consumed`. Never throws for what they hold. */
  push(chunk: Uint8Array): HelloOutcome<HelloOf<S>> {
    if (this.#rejection !== null) return this.#rejection;
    const reader = new Reader(chunk, 0, chunk.length, this.#position);
    try {
      const hello = this.#advance(reader, chunk);
      const consumed = reader.offset - this.#position;
      this.#position += consumed;
      if (hello === null) return NEED_MORE;
      this.#records = 0;
      this.#emptyRecords = 0;
      return { state: 'done', hello, consumed };
    } catch (error) {
      this.#message = NOTHING;
      if (error instanceof NoHello) this.#rejection = error;
      else if (error instanceof SensorError) this.#rejection = { state: 'rejected', error };
      else throw error;
      return this.#rejection;
    }
  }

  #advance(reader: Reader, chunk: Uint8Array): HelloOf<S> | null {
    while (reader.remaining > 0) {
      if (this.#contentLeft === 0) {
        this.#headerByte(reader);
      } else if (this.#contentType === ContentType.handshake) {
        const hello = this.#handshake(reader, chunk);
        if (hello !== null) return hello;
      } else if (this.#contentType === ContentType.alert) {
        this.#alertByte(reader);
      } else {
        this.#contentLeft -= 1;
        reader.skip(1, 'change_cipher_spec');
      }
    }
    return null;
  }

  /** One byte of a record header (RFC 8446 section 5.1); one at a time, so that no cut can make a difference. */
  #headerByte(reader: Reader): void {
    const offset = reader.offset;
    const byte = reader.u8('record_header');
    switch (this.#headerBytes++) {
      case 0:
        if (!this.#sawRecord && this.#side === 'client' && byte >= 0x80)
          this.#sslv2 = new Uint8Array(SSLV2_SNIFF_BYTES);
        else if (!isContentType(byte)) throw this.#broken('bad_record_type', 'type', offset, byte);
        this.#announcedType = byte;
        break;
      case 1:
        if (this.#sslv2 === null && byte !== RECORD_MAJOR_VERSION) {
          throw this.#broken('bad_record_version', 'legacy_record_version', offset, byte);
        }
        break;
      case 3:
        this.#announcedLength = byte << 8;
        break;
      case 4:
        this.#announcedLength |= byte;
        if (this.#sslv2 === null) this.#beginRecord(offset + 1 - RECORD_HEADER_BYTES);
        break;
      default: // the minor version, and an SSLv2 hello's further bytes
    }
    if (this.#sslv2 !== null) this.#sslv2Byte(this.#sslv2, byte);
  }

  /** Not a record: at the very beginning that means not TLS at all. */
  #broken(code: string, field: string, offset: number, byte: number): SensorError {
    return this.#sawRecord ? new SensorError(code, field, offset, `${field} ${byte} at offset ${offset}`) : notTls();
  }

  #sslv2Byte(bytes: Uint8Array, byte: number): void {
    bytes[this.#headerBytes - 1] = byte;
    const sniff = looksLikeSslv2Hello(bytes, 0, this.#headerBytes);
    if (sniff === 'no') throw notTls();
    if (sniff === 'yes') throw new SensorError('sslv2_hello', 'msg_type', 0, 'a ClientHello in SSLv2 format');
  }

  #beginRecord(start: number): void {
    const type = this.#announcedType;
    const length = this.#announcedLength;
    const lengthOffset = start + RECORD_HEADER_BYTES - 2;
    this.#headerBytes = 0;
    this.#sawRecord = true;
    if (length > MAX_RECORD_BYTES) {
      throw new SensorError('record_too_large', 'length', lengthOffset, `a record of ${length} bytes`);
    }
    if (++this.#records > this.#maxRecords) {
      throw new SensorError('too_many_records', 'type', start, `more than ${this.#maxRecords} records before a hello`);
    }
    if (length === 0 && ++this.#emptyRecords > MAX_EMPTY_RECORDS) {
      throw new SensorError(
        'too_many_empty_records',
        'length',
        lengthOffset,
        `more than ${MAX_EMPTY_RECORDS} empty records`,
      );
    }
    // RFC 8446 section 5.1: no other record between the parts of a message.
    if (
      (this.#messageBytes > 0 && type !== ContentType.handshake) ||
      (this.#alertLevel !== null && type !== ContentType.alert)
    ) {
      throw new SensorError('interleaved_record', 'type', start, `record type ${type} inside a message`);
    }
    if (type === ContentType.applicationData) throw noHello('type', start, 'application data before a hello');
    if (type === ContentType.changeCipherSpec && length > 1) {
      throw new SensorError('bad_change_cipher_spec', 'length', lengthOffset, `change_cipher_spec of ${length} bytes`);
    }
    this.#contentType = type;
    this.#contentLeft = length;
  }

  /** Alert level and description, RFC 8446 section 6; the two may be in different records. */
  #alertByte(reader: Reader): void {
    const offset = reader.offset;
    const byte = reader.u8('alert');
    this.#contentLeft -= 1;
    if (this.#alertLevel === null) {
      if (byte !== AlertLevel.warning && byte !== AlertLevel.fatal)
        throw noHello('level', offset, `alert level ${byte}`);
      this.#alertLevel = byte;
      return;
    }
    if (this.#alertLevel === AlertLevel.fatal) {
      throw new SensorError('fatal_alert', 'description', offset, `fatal alert ${byte} before a hello`);
    }
    this.#alertLevel = null;
  }

  #handshake(reader: Reader, chunk: Uint8Array): HelloOf<S> | null {
    const available = Math.min(this.#contentLeft, reader.remaining);
    if (this.#messageBytes === 0) {
      this.#messageStart = reader.offset;
      if (available >= HANDSHAKE_HEADER_BYTES) {
        const at = reader.offset - this.#position;
        const total = this.#readMessageHeader(new Reader(chunk, at, at + available, this.#position));
        // The common case: the message lies whole in this chunk and record, and is parsed where it lies.
        if (available >= total) {
          this.#contentLeft -= total;
          return this.#complete(reader.bytes(total, 'handshake_message'));
        }
      }
    }
    return this.#gather(reader, available);
  }

  #gather(reader: Reader, available: number): HelloOf<S> | null {
    const inHeader = this.#messageBytes < HANDSHAKE_HEADER_BYTES;
    const wanted = inHeader ? 1 : Math.min(this.#messageTotal - this.#messageBytes, available);
    this.#append(reader.bytes(wanted, 'handshake_message'));
    this.#contentLeft -= wanted;
    if (inHeader) {
      const total = this.#readMessageHeader(new Reader(this.#message, 0, this.#messageBytes, this.#messageStart));
      if (this.#messageBytes < HANDSHAKE_HEADER_BYTES) return null;
      this.#messageTotal = total;
    }
    if (this.#messageBytes < this.#messageTotal) return null;
    const message = this.#message.subarray(0, this.#messageTotal);
    this.#message = NOTHING;
    this.#messageBytes = 0;
    return this.#complete(message);
  }

  #append(bytes: Uint8Array): void {
    const needed = this.#messageBytes + bytes.length;
    if (needed > this.#message.length) {
      const larger = new Uint8Array(Math.max(needed, 2 * this.#message.length, FIRST_BUFFER_BYTES));
      larger.set(this.#message.subarray(0, this.#messageBytes));
      this.#message = larger;
    }
    this.#message.set(bytes, this.#messageBytes);
    this.#messageBytes = needed;
  }

  /** Size of the message with its header, checked as far as the header has come; 0 while its length is not there. */
  #readMessageHeader(header: Reader): number {
    const start = header.offset;
    const type = header.u8('msg_type');
    const wanted = this.#side === 'client' ? HandshakeType.clientHello : HandshakeType.serverHello;
    const helloRequest = this.#side === 'server' && type === HandshakeType.helloRequest;
    if (type !== wanted && !helloRequest) throw noHello('msg_type', start, `handshake type ${type}`);
    if (header.remaining < HANDSHAKE_HEADER_BYTES - 1) return 0;
    const lengthOffset = header.offset;
    const length = header.u24('handshake_length');
    // RFC 5246 section 7.4.1.1: a HelloRequest is empty.
    if (helloRequest && length > 0) throw noHello('handshake_length', lengthOffset, 'handshake type 0 with content');
    if (length > this.#maxHelloBytes - HANDSHAKE_HEADER_BYTES) {
      throw new SensorError('hello_too_large', 'handshake_length', lengthOffset, `a hello of ${length} bytes`);
    }
    return HANDSHAKE_HEADER_BYTES + length;
  }

  /** Parses a whole message; null for a HelloRequest, after which the search goes on. */
  #complete(message: Uint8Array): HelloOf<S> | null {
    if (this.#side === 'client') return parseClientHello(message) as HelloOf<S>;
    if (new Reader(message).u8('msg_type') === HandshakeType.helloRequest) return null;
    return parseServerHello(message) as HelloOf<S>;
  }
}

function notTls(): SensorError {
  return new SensorError('not_tls', 'type', 0, 'the first bytes are no TLS record');
}

function noHello(field: string, offset: number, found: string): NoHello {
  return new NoHello(field, offset, found);
}

/**
 * Sound TLS that carries something else. It is how nearly every stream ends, after its hello, and nobody looks at the error then: so it is thrown as
 * what it is, and the error is made when it is asked for (1 µs a connection less, of some 10).
 */
class NoHello {
  readonly state = 'rejected';
  readonly #field: string;
  readonly #offset: number;
  readonly #found: string;

  constructor(field: string, offset: number, found: string) {
    this.#field = field;
    this.#offset = offset;
    this.#found = found;
  }

  get error(): SensorError {
    return new SensorError('no_hello', this.#field, this.#offset, `${this.#found} where a hello was expected`);
  }
}
