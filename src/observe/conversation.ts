import type { ByteHolder } from '../bytes/budget.js';
import type { Continuity, Direction, Moment } from '../capture/index.js';
import { DialogueFinder } from '../dialects/index.js';
import type { Endpoint } from '../endpoint.js';
import { SensorError } from '../errors.js';
import { readProxyHeader } from '../haproxy/index.js';
import type { ClientHello } from '../model/index.js';
import { HelloStream, looksLikeHello, looksLikeSslv2Hello, tlsOpening } from '../tls/index.js';
import { joined, randomOf, same } from './bytes.js';
import type { ConversationHost } from './conversation-host.js';
import { earlyServerBytes, pendingBytes, scanBytes } from './limits.js';

/**
 * - `clear`: TLS has not begun; the first bytes and the dialogue are followed.
 * - `scan`: no dialect knows it; every segment may be the start of a hello.
 * - `tls`: the client's records are read for hellos.
 * - `over`: nothing more is wanted.
 */
type Phase = 'clear' | 'scan' | 'tls' | 'over';

const nothing = new Uint8Array(0);

/** Dialects that carry another conversation: TLS behind them is that one's, and not theirs. */
const carriers: ReadonlySet<string> = new Set(['http', 'socks']);

/** One connection, followed from its first byte until every hello on it has been seen or none can come. */
export class Conversation implements ByteHolder {
  readonly slot: number;
  /** The client a PROXY header announced. */
  proxiedSrc: Endpoint | null = null;
  /** The dialect that led to TLS; null where TLS began by itself. */
  starttls: string | null = null;

  /** The packet that completes what is being read, where that is not the one being handed on. */
  at: Moment | null = null;

  readonly #host: ConversationHost;
  #phase: Phase = 'clear';
  /** Directions that have brought bytes, one bit each. */
  #heard = 0;
  /** Bytes of each direction that no dialogue has used up. */
  readonly #pending: [Uint8Array, Uint8Array] = [nothing, nothing];
  /** The packet that brought the last of them, for those that wait for the other direction. */
  readonly #pendingAt: [Moment | null, Moment | null] = [null, null];
  /** Directions past their first bytes: these are no TLS. */
  #opened = 0;
  /** Directions that opened with a ServerHello: the capture has the answer before the question. */
  #answered = 0;
  #finder: DialogueFinder | null = null;
  /** A hello that may have begun at a segment, and how many bytes of each direction came before TLS. */
  readonly #attempts: [HelloStream | null, HelloStream | null] = [null, null];
  readonly #scanned: [number, number] = [0, 0];
  #client: Direction = 0;
  #stream: HelloStream | null = null;
  #serverStream: HelloStream<'server'> | null = null;
  /** The last hello, as sent. */
  #last: Uint8Array | null = null;
  /** Bytes of a hello that is not complete. */
  #partial = 0;
  #held = 0;

  constructor(slot: number, host: ConversationHost) {
    this.slot = slot;
    this.#host = host;
  }

  /** @returns the directions still wanted, as StreamSink has it */
  bytes(direction: Direction, chunk: Uint8Array, how: Continuity): number {
    if (this.#phase !== 'tls') this.#scanned[direction] += chunk.length;
    switch (this.#phase) {
      case 'clear':
        this.#clear(direction, chunk, how);
        break;
      case 'scan':
        this.#scan(direction, chunk, how);
        break;
      case 'tls':
        this.#tls(direction, chunk, how);
        break;
      case 'over':
        break;
    }
    this.#heard |= 1 << direction;
    return this.#wanted();
  }

  /** The connection ended, or the capture did. */
  closed(): void {
    if (this.#phase === 'clear') this.#giveUpDialogue();
    if (this.#phase === 'tls' && this.#partial > 0 && this.#last === null) {
      this.#reject(this.#client, incomplete(this.#partial, 'the connection ends inside a hello'));
    }
    this.#finish();
  }

  dropHeld(): void {
    this.#finish();
  }

  #wanted(): number {
    switch (this.#phase) {
      case 'clear':
        return 3 & ~this.#answeredFully();
      case 'scan':
        return (this.#scanned[0] < scanBytes ? 1 : 0) | (this.#scanned[1] < scanBytes ? 2 : 0);
      case 'tls':
        return (this.#stream === null ? 0 : 1 << this.#client) | (this.#serverStream === null ? 0 : 2 >> this.#client);
      case 'over':
        return 0;
    }
  }

  /** Directions whose answer is here as far as anyone asks for it. */
  #answeredFully(): number {
    const isFull = (direction: Direction) =>
      !this.#host.wantsServer || this.#pending[direction].length >= earlyServerBytes;
    return this.#answered & ((isFull(0) ? 1 : 0) | (isFull(1) ? 2 : 0));
  }

  // -- clear: who speaks, and where TLS begins --

  #clear(direction: Direction, chunk: Uint8Array, how: Continuity): void {
    if ((this.#answered & (1 << direction)) !== 0) {
      this.#keepAnswer(direction, joined(this.#pending[direction], chunk), how);
      return;
    }
    const heardBefore = (this.#heard & (1 << direction)) !== 0;
    if (heardBefore && how !== 'next') {
      // A dialogue with a hole in it cannot be followed.
      this.#pending[direction] = nothing;
      this.#giveUpDialogue();
      if (this.#phase === 'scan') this.#scan(direction, chunk, how);
      return;
    }
    // Only one side was captured: its hello may come without the answer it waited for. Or no dialect knows the connection yet.
    const alone = (this.#heard & (2 >> direction)) === 0;
    if (heardBefore && (alone || (this.#finder?.name ?? null) === null) && this.#attempt(direction, chunk)) return;
    this.#pendingAt[direction] = null;
    const before = this.#pending[direction];
    this.#pending[direction] = before.length === 0 ? chunk : joined(before, chunk);
    // What one side brings may be what the other was waiting for.
    let side = direction;
    for (let idle = 0; idle < 2 && this.#phase === 'clear'; side = opposite(side)) {
      idle = this.#read(side) ? 0 : idle + 1;
    }
    if (this.#phase !== 'clear') return;
    if (this.#pending[direction].length > pendingBytes) this.#giveUpDialogue();
    else {
      if (this.#pending[direction].length > 0) {
        this.#pending[direction] = this.#pending[direction].slice();
        this.#pendingAt[direction] = this.#host.moment();
      }
      this.#hold(this.#pending[0].length + this.#pending[1].length);
    }
  }

  /** Reads on in one direction's pending bytes. true: some were used up. */
  #read(direction: Direction): boolean {
    const pending = this.#pending[direction];
    if (pending.length === 0 || (this.#answered & (1 << direction)) !== 0) return false;
    if ((this.#opened & (1 << direction)) === 0) return this.#open(direction, pending);
    this.#finder ??= new DialogueFinder();
    const side = this.#host.opener(this.slot) === direction ? 'client' : 'server';
    const step = this.#finder.push(side, pending);
    this.#pending[direction] = pending.subarray(step.consumed);
    switch (step.verdict) {
      case 'tls': {
        const client = side === 'client' ? direction : opposite(direction);
        this.starttls = this.#finder.name;
        this.#beginTls(client);
        break;
      }
      case 'tunnel':
        // Another conversation begins on both sides, and may be anything.
        this.#finder = null;
        this.#opened = 0;
        return true;
      case 'ended':
        this.#finish();
        break;
      case 'unknown':
        // Once a dialect knew the connection, a hello after a refused STARTTLS is none.
        if (this.#finder.name === null) this.#beginScan();
        else this.#finish();
        break;
      default:
    }
    return step.consumed > 0;
  }

  /** The first bytes of a direction. true: a PROXY header was used up, or a dialogue may read on. */
  #open(direction: Direction, bytes: Uint8Array): boolean {
    switch (tlsOpening(bytes)) {
      case 'client_hello':
        this.#beginTls(direction);
        return false;
      case 'server_hello':
        this.#answered |= 1 << direction;
        this.#keepAnswer(direction, bytes, 'next');
        return false;
      case 'later_tls':
        this.#finish();
        return false;
      case 'more':
        return false;
      case 'no':
    }
    const header = readProxyHeader(bytes);
    switch (header.state) {
      case 'need_more':
        return false;
      case 'rejected':
        this.#reject(direction, header.error);
        return false;
      case 'done':
        this.proxiedSrc = header.header.src;
        this.#pending[direction] = bytes.subarray(header.consumed);
        return true;
      case 'none':
    }
    switch (looksLikeSslv2Hello(bytes)) {
      case 'yes':
        this.#reject(direction, new SensorError('sslv2_hello', 'msg_type', 2, 'a ClientHello in SSLv2 format'));
        return false;
      case 'more':
        return false;
      case 'no':
        this.#opened |= 1 << direction;
        return true;
    }
  }

  /** A ServerHello waits for its ClientHello, where anyone asks for it. */
  #keepAnswer(direction: Direction, bytes: Uint8Array, how: Continuity): void {
    const wanted = this.#host.wantsServer && how === 'next';
    this.#pending[direction] = wanted ? bytes.slice(0, earlyServerBytes) : nothing;
    this.#hold(this.#pending[0].length + this.#pending[1].length);
  }

  /** Pending bytes may still open with a hello: the answer that would have said so was not captured. */
  #giveUpDialogue(): void {
    for (const direction of [0, 1] as const) {
      const pending = this.#pending[direction];
      this.at = this.#pendingAt[direction];
      const isTls = pending.length > 0 && this.#attempt(direction, pending);
      this.at = null;
      if (isTls) return;
      this.#pending[direction] = nothing;
    }
    this.#beginScan();
  }

  // -- scan: a segment that begins with a whole hello --

  #beginScan(): void {
    this.#phase = 'scan';
    this.#finder = null;
    this.#pending.fill(nothing);
    this.#hold(0);
  }

  #scan(direction: Direction, chunk: Uint8Array, how: Continuity): void {
    if (how !== 'next') this.#attempts[direction] = null;
    this.#attempt(direction, chunk);
  }

  /** Goes on with the hello that may have begun in this direction, or begins one here. true: a whole hello was found, and TLS with it. */
  #attempt(direction: Direction, chunk: Uint8Array): boolean {
    const going = this.#attempts[direction];
    if (going !== null) {
      this.#partial += chunk.length;
      if (this.#advance(going, direction, chunk)) return true;
    }
    if (this.#attempts[direction] === null && looksLikeHello(chunk) !== 'no') {
      const stream = new HelloStream();
      this.#attempts[direction] = stream;
      this.#partial = chunk.length;
      return this.#advance(stream, direction, chunk);
    }
    return false;
  }

  #advance(stream: HelloStream, direction: Direction, chunk: Uint8Array): boolean {
    const outcome = stream.push(chunk);
    if (outcome.state === 'need_more') {
      this.#hold(this.#partial);
      return false;
    }
    this.#attempts[direction] = null;
    if (outcome.state === 'rejected') return false;
    const name = this.#finder?.name ?? null;
    this.starttls = name === null || carriers.has(name) ? null : name;
    this.#enterTls(direction, stream);
    this.#found(outcome.hello);
    this.#records(chunk.subarray(outcome.consumed));
    return true;
  }

  // -- tls: the client's hellos --

  #beginTls(client: Direction): void {
    const rest = this.#pending[client];
    const answer = this.#pending[opposite(client)];
    this.#enterTls(client, new HelloStream());
    this.at = this.#pendingAt[client];
    this.#records(rest);
    this.at = null;
    if (answer.length > 0) this.#serverRecords(answer);
  }

  #enterTls(client: Direction, stream: HelloStream): void {
    this.#phase = 'tls';
    this.#client = client;
    this.#stream = stream;
    this.#partial = 0;
    if (this.#host.wantsServer) this.#serverStream = new HelloStream({ side: 'server' });
    this.#finder = null;
    this.#pending.fill(nothing);
    this.#host.tlsBegan();
  }

  #tls(direction: Direction, chunk: Uint8Array, how: Continuity): void {
    if (direction !== this.#client) {
      if (how === 'next' || (this.#heard & (1 << direction)) === 0) this.#serverRecords(chunk);
      else this.#endServer();
      return;
    }
    if (how === 'next') {
      this.#records(chunk);
    } else if (this.#last === null) {
      this.#reject(direction, incomplete(this.#partial, 'a segment of the hello is missing'));
    } else this.#endClient();
  }

  #records(chunk: Uint8Array): void {
    let rest = chunk;
    while (rest.length > 0 && this.#stream !== null) {
      const outcome = this.#stream.push(rest);
      switch (outcome.state) {
        case 'need_more':
          this.#partial += rest.length;
          this.#hold(this.#partial);
          return;
        case 'rejected':
          if (this.#last === null) this.#reject(this.#client, outcome.error);
          else this.#endClient();
          return;
        case 'done':
          rest = rest.subarray(outcome.consumed);
          this.#found(outcome.hello);
      }
    }
  }

  #found(hello: ClientHello): void {
    const last = this.#last;
    this.#last = hello.raw;
    this.#partial = 0;
    this.#hold(0);
    this.#host.remembers(this, hello.raw.length);
    if (last !== null && same(last, hello.raw)) {
      this.#host.repeat();
      return;
    }
    // RFC 8446 section 4.1.2: the hello after a HelloRetryRequest repeats the first one's random.
    const retry = last !== null && same(randomOf(last), hello.random);
    this.#host.hello(this, this.#client, hello, retry);
  }

  #serverRecords(chunk: Uint8Array): void {
    let rest = chunk;
    while (rest.length > 0 && this.#serverStream !== null) {
      const outcome = this.#serverStream.push(rest);
      if (outcome.state === 'need_more') return;
      if (outcome.state === 'rejected') {
        this.#endServer();
        return;
      }
      rest = rest.subarray(outcome.consumed);
      this.#host.serverHello(this, outcome.hello);
      // RFC 8446 section 4.1.4: after a HelloRetryRequest another ServerHello follows.
      if (!outcome.hello.helloRetryRequest) this.#serverStream = null;
    }
  }

  #endServer(): void {
    this.#serverStream = null;
    this.#host.noServerHello(this);
  }

  /** No further hello of the client. */
  #endClient(): void {
    this.#stream = null;
    this.#forget();
    this.#partial = 0;
    this.#hold(0);
    if (this.#serverStream === null) this.#phase = 'over';
  }

  #hold(bytes: number): void {
    if (bytes === this.#held) return;
    this.#held = bytes;
    this.#host.holds(this, bytes);
  }

  #forget(): void {
    if (this.#last === null) return;
    this.#last = null;
    this.#host.remembers(this, 0);
  }

  #reject(client: Direction, error: SensorError): void {
    this.#host.rejected(this, client, error);
    this.#finish();
  }

  #finish(): void {
    if (this.#phase === 'over') return;
    this.#phase = 'over';
    this.#stream = null;
    this.#serverStream = null;
    this.#finder = null;
    this.#forget();
    this.#attempts.fill(null);
    this.#pending.fill(nothing);
    this.#hold(0);
    this.#host.noServerHello(this);
  }
}

function opposite(direction: Direction): Direction {
  return direction === 0 ? 1 : 0;
}

function incomplete(offset: number, message: string): SensorError {
  return new SensorError('hello_incomplete', 'handshake', offset, message);
}
