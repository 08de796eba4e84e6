import type { Reader } from '../bytes/reader.js';
import { readMessage } from './binary.js';
import type { Dialect, Opening } from './dialect.js';
import { MAX_POSTGRES_STARTUP } from './limits.js';
import { NEED_MORE, NOT_THIS, TurnTaking } from './turns.js';

// The codes in a version's place: PostgreSQL manual, "Message Formats".
const SSL_REQUEST = 80877103;
const GSSENC_REQUEST = 80877104;
const CANCEL_REQUEST = 80877102;
/** Major version 3 in the upper half. */
const PROTOCOL_3 = 3;

/** PostgreSQL: an SSLRequest, or a GSSENCRequest before it, is answered with one letter ("SSL Session Encryption"). A startup message ends the search. */
class PostgresDialogue extends TurnTaking {
  readonly name = 'postgres';
  private asked: 'ssl' | 'gss' = 'ssl';

  constructor() {
    super('client');
  }

  protected override read(bytes: Uint8Array, at: number): number {
    if (this.turn === 'server') return this.answer(String.fromCharCode(bytes[at]!)) ? at + 1 : NOT_THIS;
    if (bytes.length - at < 8) return NEED_MORE;
    return readMessage(bytes, at, at + 8, (reader) => this.request(reader));
  }

  private request(reader: Reader): boolean {
    const length = reader.u32('length');
    const code = reader.u32('code');
    if ((code === SSL_REQUEST || code === GSSENC_REQUEST) && length === 8) {
      this.asked = code === SSL_REQUEST ? 'ssl' : 'gss';
      this.turn = 'server';
    } else if (isStartup(length, code)) {
      this.finish('ended'); // its user name is not read
    } else {
      return false;
    }
    return true;
  }

  private answer(letter: string): boolean {
    if (letter === 'S' && this.asked === 'ssl') this.finish('tls');
    else if (letter === 'N') this.turn = 'client';
    else if (letter === 'E' || (letter === 'G' && this.asked === 'gss')) this.finish('ended');
    else return false;
    return true;
  }
}

function isStartup(length: number, code: number): boolean {
  if (length < 8 || length > MAX_POSTGRES_STARTUP) return false;
  return code === CANCEL_REQUEST || code >>> 16 === PROTOCOL_3;
}

function clientOpens(bytes: Uint8Array): Opening {
  if (bytes[0] !== 0 || (bytes[1] ?? 0) !== 0) return 'no'; // lengths stay under 65,536
  if (bytes.length < 8) return 'more';
  const word = (at: number) =>
    ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
  const code = word(4);
  const asks = (code === SSL_REQUEST || code === GSSENC_REQUEST) && word(0) === 8;
  return asks || isStartup(word(0), code) ? 'yes' : 'no';
}

export const postgres: Dialect = {
  name: 'postgres',
  opens: (side, bytes) =>
    side === 'client' ? clientOpens(bytes) : 'SNGE'.includes(String.fromCharCode(bytes[0]!)) ? 'more' : 'no',
  start: () => new PostgresDialogue(),
};
