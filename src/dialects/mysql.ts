import type { Dialect, Opening } from './dialect.js';
import { MAX_MYSQL_GREETING } from './limits.js';
import { NEED_MORE, NOT_THIS, TurnTaking } from './turns.js';

const PROTOCOL_10 = 10;
const ERROR_PACKET = 0xff;
/** An SSLRequest is a handshake response cut off before the user name. */
const SSL_REQUEST_LENGTH = 32;
const CLIENT_SSL = 0x0800;

/**
 * MySQL and MariaDB: the server greets with protocol 10; a client that wants TLS answers with an SSLRequest, and TLS begins behind that on its side and
 * behind the greeting on the server's. Packets are a three-octet little-endian length and a sequence number ("Client/Server Protocol",
 * Protocol::Packet, Protocol::HandshakeV10, Protocol::SSLRequest).
 */
class MysqlDialogue extends TurnTaking {
  readonly name = 'mysql';

  constructor() {
    super('server');
  }

  protected override read(bytes: Uint8Array, at: number): number {
    if (bytes.length - at < 5) return NEED_MORE;
    const length = packetLength(bytes, at);
    return this.turn === 'server' ? this.greeting(bytes, at, length) : this.response(bytes, at, length);
  }

  private greeting(bytes: Uint8Array, at: number, length: number): number {
    if (length === 0 || length > MAX_MYSQL_GREETING || bytes[at + 3] !== 0) return NOT_THIS;
    if (bytes.length - at < 4 + length) return NEED_MORE;
    if (bytes[at + 4] === ERROR_PACKET) this.finish('ended');
    else if (bytes[at + 4] !== PROTOCOL_10) return NOT_THIS;
    this.turn = 'client';
    return at + 4 + length;
  }

  private response(bytes: Uint8Array, at: number, length: number): number {
    if (bytes[at + 3] !== 1) return NOT_THIS;
    if (length !== SSL_REQUEST_LENGTH) {
      this.finish('ended'); // a login: its bytes are not looked at
      return at + 4;
    }
    if (bytes.length - at < 4 + length) return NEED_MORE;
    const capabilities = bytes[at + 4]! | (bytes[at + 5]! << 8); // the lower half, little-endian
    this.finish(capabilities & CLIENT_SSL ? 'tls' : 'ended');
    return at + 4 + length;
  }
}

function packetLength(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16);
}

function serverOpens(bytes: Uint8Array): Opening {
  if ((bytes[2] ?? 0) !== 0 || (bytes[3] ?? 0) !== 0) return 'no';
  if (bytes.length < 5) return 'more';
  if (packetLength(bytes, 0) > MAX_MYSQL_GREETING) return 'no';
  return bytes[4] === PROTOCOL_10 || bytes[4] === ERROR_PACKET ? 'yes' : 'no';
}

/** A client speaks second, so this only has to rule out: a response of 32 to 255 octets with sequence number 1. */
function clientOpens(bytes: Uint8Array): Opening {
  const fits = bytes[0]! >= SSL_REQUEST_LENGTH && !bytes[1] && !bytes[2] && (bytes[3] ?? 1) === 1;
  return fits ? 'more' : 'no';
}

export const mysql: Dialect = {
  name: 'mysql',
  opens: (side, bytes) => (side === 'client' ? clientOpens(bytes) : serverOpens(bytes)),
  start: () => new MysqlDialogue(),
};
