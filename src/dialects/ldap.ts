import type { Reader } from '../bytes/reader.js';
import { readMessage } from './binary.js';
import type { Dialect, Opening } from './dialect.js';
import { MAX_LDAP_MESSAGE } from './limits.js';
import { latin1 } from './lines.js';
import { NEED_MORE, NOT_THIS, TurnTaking } from './turns.js';

// BER tags of RFC 4511 appendix B.
const SEQUENCE = 0x30;
const INTEGER = 0x02;
const ENUMERATED = 0x0a;
const BIND_REQUEST = 0x60;
const UNBIND_REQUEST = 0x42;
const EXTENDED_REQUEST = 0x77;
const EXTENDED_RESPONSE = 0x78;
const REQUEST_NAME = 0x80;

/** RFC 4511 section 4.14.1. */
const START_TLS = '1.3.6.1.4.1.1466.20037';

/** LDAP with StartTLS (RFC 4511 section 4.14): the extended response to that request's message id, with resultCode success. A bind ends the search. */
class LdapDialogue extends TurnTaking {
  readonly name = 'ldap';
  private messageId = 0;

  constructor() {
    super('client');
  }

  protected override read(bytes: Uint8Array, at: number): number {
    const length = messageLength(bytes, at);
    if (length < 0) return length;
    if (bytes.length - at < length) return NEED_MORE;
    return readMessage(bytes, at, at + length, (reader) => {
      reader.skip(1, 'LDAPMessage');
      const message = reader.child(berLength(reader), 'LDAPMessage');
      const id = integer(message, INTEGER);
      const operation = message.u8('protocolOp');
      const content = message.child(berLength(message), 'protocolOp');
      if (this.turn === 'client') this.request(id, operation, content);
      else if (id === this.messageId && operation === EXTENDED_RESPONSE) this.response(content);
      return true;
    });
  }

  private request(id: number, operation: number, content: Reader): void {
    if (operation === BIND_REQUEST || operation === UNBIND_REQUEST) {
      this.finish('ended');
      return;
    }
    if (operation !== EXTENDED_REQUEST || content.u8('requestName') !== REQUEST_NAME) return;
    const name = content.bytes(berLength(content), 'requestName');
    if (latin1(name, 0, name.length) !== START_TLS) return;
    this.messageId = id;
    this.turn = 'server';
  }

  private response(content: Reader): void {
    if (integer(content, ENUMERATED) === 0) this.finish('tls');
    else this.turn = 'client'; // section 4.14.2: the connection goes on in clear
  }
}

/** X.690 section 8.1.3, definite forms only (RFC 4511 section 5.1); of up to four octets. */
function berLength(reader: Reader): number {
  const first = reader.u8('length');
  if (first < 0x80) return first;
  let length = 0;
  for (let count = first & 0x7f; count > 0; count--) length = length * 256 + reader.u8('length');
  return length;
}

/** An INTEGER or ENUMERATED; -1 where the tag is another. Message ids go up to 2^31 - 1 (RFC 4511 section 4.1.1.1). */
function integer(reader: Reader, tag: number): number {
  if (reader.u8('tag') !== tag) return -1;
  const value = reader.child(berLength(reader), 'integer');
  let number = 0;
  while (value.remaining > 0) number = (number * 256 + value.u8('integer')) % 2 ** 40;
  return number;
}

/** Octets of the LDAPMessage at `at`, its header included. */
function messageLength(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== SEQUENCE) return NOT_THIS;
  const first = bytes[at + 1];
  if (first === undefined) return NEED_MORE;
  if (first < 0x80) return 2 + first;
  const octets = first & 0x7f;
  if (octets === 0 || octets > 4) return NOT_THIS;
  if (bytes.length - at < 2 + octets) return NEED_MORE;
  let length = 0;
  for (let i = 0; i < octets; i++) length = length * 256 + bytes[at + 2 + i]!;
  return length > MAX_LDAP_MESSAGE ? NOT_THIS : 2 + octets + length;
}

/** A SEQUENCE of an INTEGER of one to four octets and an operation (application class, 0 to 25). */
function opens(bytes: Uint8Array): Opening {
  const length = messageLength(bytes, 0);
  if (length === NOT_THIS) return 'no';
  if (length === NEED_MORE) return 'more';
  const id = bytes[1]! < 0x80 ? 2 : 2 + (bytes[1]! & 0x7f);
  const tag = bytes[id];
  const octets = bytes[id + 1];
  if (tag !== undefined && tag !== INTEGER) return 'no';
  if (octets === undefined) return 'more';
  if (octets < 1 || octets > 4) return 'no';
  const operation = bytes[id + 2 + octets];
  if (operation === undefined) return 'more';
  return (operation & 0xc0) === 0x40 && (operation & 0x1f) <= 25 ? 'yes' : 'no';
}

export const ldap: Dialect = {
  name: 'ldap',
  opens: (_side, bytes) => opens(bytes),
  start: () => new LdapDialogue(),
};
