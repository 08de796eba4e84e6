import type { Reader } from '../bytes/reader.js';
import { readMessage } from './binary.js';
import type { Dialect, Opening, Side } from './dialect.js';
import { MAX_RDP_MESSAGE } from './limits.js';
import { NEED_MORE, NOT_THIS, TurnTaking } from './turns.js';

const TPKT_VERSION = 3;
const CONNECTION_REQUEST = 0xe0;
const CONNECTION_CONFIRM = 0xd0;
const RDP_NEG_RSP = 2;
/** MS-RDPBCGR section 2.2.1.2.1: SSL, HYBRID, RDSTLS, HYBRID_EX, RDSAAD. All of them begin with TLS. */
const TLS_PROTOCOLS = [1, 2, 4, 8, 16];

/**
 * RDP (MS-RDPBCGR sections 2.2.1.1 and 2.2.1.2): the X.224 connection confirm selects TLS or CredSSP over it. A confirm without a negotiation, or one
 * that selects standard RDP security, ends the search. The cookie in the request holds a user name and is not read.
 */
class RdpDialogue extends TurnTaking {
  readonly name = 'rdp';

  constructor() {
    super('client');
  }

  protected override read(bytes: Uint8Array, at: number): number {
    if (bytes.length - at < 4) return NEED_MORE;
    const length = (bytes[at + 2]! << 8) | bytes[at + 3]!;
    if (bytes[at] !== TPKT_VERSION || length < 11 || length > MAX_RDP_MESSAGE) return NOT_THIS;
    if (bytes.length - at < length) return NEED_MORE;
    return readMessage(bytes, at, at + length, (reader) => this.message(reader));
  }

  /** TPKT (RFC 1006 section 6), then the X.224 TPDU: length, code, two references, class. */
  private message(reader: Reader): boolean {
    reader.skip(4, 'tpktHeader');
    const tpdu = reader.prefixed8('length_indicator');
    const code = tpdu.u8('code') & 0xf0;
    if (this.turn === 'client') {
      this.turn = 'server';
      return code === CONNECTION_REQUEST;
    }
    tpdu.skip(5, 'references');
    this.finish('ended');
    if (tpdu.remaining >= 8 && tpdu.u8('type') === RDP_NEG_RSP) {
      tpdu.skip(3, 'flags');
      if (TLS_PROTOCOLS.includes(tpdu.u8('selectedProtocol'))) this.finish('tls'); // little-endian: the first octet has all bits in use
    }
    return code === CONNECTION_CONFIRM;
  }
}

function opens(side: Side, bytes: Uint8Array): Opening {
  const expected = [
    TPKT_VERSION,
    0,
    undefined,
    undefined,
    undefined,
    side === 'client' ? CONNECTION_REQUEST : CONNECTION_CONFIRM,
  ];
  for (const [i, value] of expected.entries()) {
    if (bytes[i] === undefined) return 'more';
    if (value !== undefined && (i === 5 ? bytes[i]! & 0xf0 : bytes[i]) !== value) return 'no';
  }
  return 'yes';
}

export const rdp: Dialect = {
  name: 'rdp',
  opens,
  start: () => new RdpDialogue(),
};
