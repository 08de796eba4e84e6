import type { Reader } from '../bytes/reader.js';
import { readMessage } from './binary.js';
import type { Dialect, Opening } from './dialect.js';
import { MAX_SOCKS4_TEXT } from './limits.js';
import { NEED_MORE, NOT_THIS, TurnTaking } from './turns.js';

type State = 'greeting' | 'method' | 'password' | 'password_status' | 'request' | 'reply' | 'socks4_reply';

const CONNECT = 1;
const NO_AUTHENTICATION = 0;
const USERNAME_PASSWORD = 2;
const NO_ACCEPTABLE = 0xff;

/** SOCKS5 (RFC 1928) without authentication or with a password (RFC 1929, which is skipped, not read), SOCKS4 and SOCKS4a. */
class SocksDialogue extends TurnTaking {
  readonly name = 'socks';
  private state: State = 'greeting';
  private command = 0;

  constructor() {
    super('client');
  }

  protected override read(bytes: Uint8Array, at: number): number {
    const length = this.length(bytes, at);
    if (length < 0) return length;
    if (bytes.length - at < length) return NEED_MORE;
    return readMessage(bytes, at, at + length, (reader) => this.message(reader));
  }

  /** Octets of the message at `at`, as far as its own lengths are there. */
  private length(bytes: Uint8Array, at: number): number {
    const octet = (index: number) => bytes[at + index] ?? NEED_MORE;
    switch (this.state) {
      case 'greeting':
        if (octet(0) === 4) return socks4Length(bytes, at);
        return octet(1) < 0 ? NEED_MORE : 2 + octet(1); // version, count, methods
      case 'method':
      case 'password_status':
        return 2;
      case 'password': {
        // version, length and user name, length and password (RFC 1929 section 2)
        if (octet(1) < 0) return NEED_MORE;
        const second = 2 + octet(1);
        return octet(second) < 0 ? NEED_MORE : second + 1 + octet(second);
      }
      case 'request':
      case 'reply': {
        // version, command or reply, reserved, address type, address, port (RFC 1928 sections 4 and 6)
        if (octet(3) < 0 || octet(4) < 0) return NEED_MORE;
        const address = { 1: 4, 3: 1 + octet(4), 4: 16 }[octet(3)];
        return address === undefined ? NOT_THIS : 4 + address + 2;
      }
      case 'socks4_reply':
        return 8;
    }
  }

  private message(reader: Reader): boolean {
    const version = reader.u8('version');
    switch (this.state) {
      case 'greeting':
        if (version !== 5 && version !== 4) return false;
        this.command = version === 4 ? reader.u8('command') : 0;
        this.to('server', version === 4 ? 'socks4_reply' : 'method');
        return true;
      case 'method':
        return version === 5 && this.method(reader.u8('method'));
      case 'password':
        this.to('server', 'password_status');
        return version === 1;
      case 'password_status':
        if (reader.u8('status') === 0) this.to('client', 'request');
        else this.finish('ended');
        return true; // some servers answer with version 5 here
      case 'request':
        this.command = reader.u8('command');
        this.to('server', 'reply');
        return version === 5;
      case 'reply':
        this.replied(reader.u8('reply') === 0);
        return version === 5;
      case 'socks4_reply':
        this.replied(reader.u8('result') === 90);
        return version === 0;
    }
  }

  private method(method: number): boolean {
    if (method === NO_AUTHENTICATION) this.to('client', 'request');
    else if (method === USERNAME_PASSWORD) this.to('client', 'password');
    else if (method === NO_ACCEPTABLE) this.finish('ended');
    else return false; // GSS-API may wrap all that follows
    return true;
  }

  /** Only CONNECT makes a tunnel of this connection's own bytes that the client opens. */
  private replied(granted: boolean): void {
    this.finish(granted && this.command === CONNECT ? 'tunnel' : 'ended');
  }

  private to(turn: 'client' | 'server', state: State): void {
    this.turn = turn;
    this.state = state;
  }
}

/** Version, command, port, address, user id and a zero; behind the address 0.0.0.x (x not 0) also a name and a zero (SOCKS4a). */
function socks4Length(bytes: Uint8Array, at: number): number {
  if (bytes.length - at < 8) return NEED_MORE;
  const named = bytes[at + 4] === 0 && bytes[at + 5] === 0 && bytes[at + 6] === 0 && bytes[at + 7] !== 0;
  let end = at + 8;
  for (let texts = named ? 2 : 1; texts > 0; texts--) {
    const zero = bytes.indexOf(0, end);
    if (zero < 0 || zero - end > MAX_SOCKS4_TEXT)
      return (zero < 0 ? bytes.length : zero) - end > MAX_SOCKS4_TEXT ? NOT_THIS : NEED_MORE;
    end = zero + 1;
  }
  return end - at;
}

/** A greeting with its methods, of which no more than those registered are offered; or a SOCKS4 request. */
function clientOpens(bytes: Uint8Array): Opening {
  const [version, second] = bytes;
  if (version === 4) return second === undefined ? 'more' : second === 1 || second === 2 ? 'yes' : 'no';
  if (version !== 5) return 'no';
  if (second === undefined) return 'more';
  if (second === 0) return 'no';
  const methods = bytes.subarray(2, 2 + second);
  // RFC 1928 section 3: 0x80 to 0xfe are private, 0xff is an answer; 0x0a to 0x7f are not assigned.
  if (methods.some((method) => method === 0xff || (method > 9 && method < 0x80))) return 'no';
  return methods.length === second ? 'yes' : 'more';
}

function serverOpens(bytes: Uint8Array): Opening {
  const [version, second] = bytes;
  if (version !== 5 && version !== 0) return 'no';
  if (second === undefined || version === 5) return 'more';
  return second >= 90 && second <= 93 ? 'more' : 'no';
}

export const socks: Dialect = {
  name: 'socks',
  opens: (side, bytes) => (side === 'client' ? clientOpens(bytes) : serverOpens(bytes)),
  start: () => new SocksDialogue(),
};
