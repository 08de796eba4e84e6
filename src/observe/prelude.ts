import type { ByteHolder } from '../bytes/budget.js';
import type { Continuity, Direction, Moment } from '../capture/index.js';
import { DialogueFinder } from '../dialects/index.js';
import type { Endpoint } from '../endpoint.js';
import { SensorError } from '../errors.js';
import { readProxyHeader } from '../haproxy/index.js';
import { HelloStream, looksLikeHello, looksLikeSslv2Hello, tlsOpening } from '../tls/index.js';
import { joined } from './bytes.js';
import type { PreludeHost, Reporter } from './host.js';
import { earlyServerBytes, pendingBytes, scanBytes, unfinishedOverhead } from './limits.js';
import { TlsSession } from './tls-session.js';

/**
 * - `clear`: the first bytes and the dialogue are followed.
 * - `scan`: no dialect knows it; every segment may be the start of a hello.
 * - `over`: TLS has begun, and a TlsSession goes on; or nothing more is wanted.
 */
type Phase = 'clear' | 'scan' | 'over';

const nothing = new Uint8Array(0);

/** Dialects that carry another conversation: TLS behind them is that one's, and not theirs. */
const carriers: ReadonlySet<string> = new Set(['http', 'socks']);

/** What comes before TLS on a connection: followed from its first byte until TLS begins or cannot any more. */
export class Prelude implements ByteHolder, Reporter {
  readonly slot: number;
  proxiedSrc: Endpoint | null = null;
  at: Moment | null = null;

  readonly #host: PreludeHost;
  #phase: Phase = 'clear';
  /** The session that took over, in this very call. */
  #session: TlsSession | null = null;
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
  /** A hello that may have begun at a segment, and how many bytes it has; and how many of each direction came at all. */
  readonly #attempts: [HelloStream | null, HelloStream | null] = [null, null];
  readonly #partial: [number, number] = [0, 0];
  readonly #scanned: [number, number] = [0, 0];

  constructor(slot: number, host: PreludeHost) {
    this.slot = slot;
    this.#host = host;
  }

  /** @returns the directions still wanted, as StreamSink has it */
  bytes(direction: Direction, chunk: Uint8Array, how: Continuity): number {
    this.#scanned[direction] += chunk.length;
    if (this.#phase === 'clear') this.#clear(direction, chunk, how);
    else if (this.#phase === 'scan') this.#scan(direction, chunk, how);
    this.#heard |= 1 << direction;
    return this.#wanted();
  }

  /** The connection ended, or the capture did. */
  closed(): void {
    if (this.#phase === 'clear') this.#giveUpDialogue();
    this.#session?.closed();
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
      case 'over':
        return this.#session === null ? 0 : this.#session.wanted;
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
      this.#tellHeld();
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
      case 'tls':
        this.#beginTls(side === 'client' ? direction : opposite(direction), this.#finder.name);
        break;
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
        this.#beginTls(direction, null);
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
    this.#tellHeld();
  }

  /**
   * Pending bytes may still open with a hello: the answer that would have said so was not captured. An attempt under way was given those bytes as they
   * came, and goes on by itself.
   */
  #giveUpDialogue(): void {
    for (const direction of [0, 1] as const) {
      const pending = this.#pending[direction];
      this.at = this.#pendingAt[direction];
      const isTls = pending.length > 0 && this.#attempts[direction] === null && this.#attempt(direction, pending);
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
    this.#tellHeld();
  }

  #scan(direction: Direction, chunk: Uint8Array, how: Continuity): void {
    if (how !== 'next') this.#attempts[direction] = null;
    if (!this.#attempt(direction, chunk)) this.#tellHeld();
  }

  /** Goes on with the hello that may have begun in this direction, or begins one here. true: a whole hello was found, and TLS with it. */
  #attempt(direction: Direction, chunk: Uint8Array): boolean {
    const going = this.#attempts[direction];
    if (going !== null) {
      this.#partial[direction] += chunk.length;
      if (this.#advance(going, direction, chunk)) return true;
    }
    if (this.#attempts[direction] === null && looksLikeHello(chunk) !== 'no') {
      const stream = new HelloStream();
      this.#attempts[direction] = stream;
      this.#partial[direction] = chunk.length;
      return this.#advance(stream, direction, chunk);
    }
    return false;
  }

  #advance(stream: HelloStream, direction: Direction, chunk: Uint8Array): boolean {
    const outcome = stream.push(chunk);
    if (outcome.state === 'need_more') return false;
    this.#attempts[direction] = null;
    if (outcome.state === 'rejected') return false;
    const name = this.#finder?.name ?? null;
    const session = this.#enterTls(direction, name === null || carriers.has(name) ? null : name);
    session.at = this.at;
    session.resume(stream, outcome.hello, chunk.subarray(outcome.consumed));
    session.at = null;
    return true;
  }

  // -- the end --

  #beginTls(client: Direction, starttls: string | null): void {
    const rest = this.#pending[client];
    const answer = this.#pending[opposite(client)];
    const at = this.#pendingAt[client];
    const session = this.#enterTls(client, starttls);
    session.at = at;
    if (rest.length > 0) session.clientBytes(rest);
    session.at = null;
    if (answer.length > 0) session.serverBytes(answer);
  }

  #enterTls(client: Direction, starttls: string | null): TlsSession {
    const session = new TlsSession(this.slot, client, this.#host, { proxiedSrc: this.proxiedSrc, starttls });
    this.#finish();
    this.#session = session;
    this.#host.handOver(session);
    return session;
  }

  /** States what is kept now: all that is pending, and the hellos that may have begun. */
  #tellHeld(): void {
    let bytes = this.#pending[0].length + this.#pending[1].length;
    for (const direction of [0, 1] as const) {
      if (this.#attempts[direction] !== null) bytes += unfinishedOverhead + this.#partial[direction];
    }
    this.#host.holds(this, bytes);
  }

  #reject(client: Direction, error: SensorError): void {
    this.#host.rejected(this, client, error);
    this.#finish();
  }

  #finish(): void {
    this.#phase = 'over';
    this.#finder = null;
    this.#attempts.fill(null);
    this.#pending.fill(nothing);
    this.#host.holds(this, 0);
  }
}

function opposite(direction: Direction): Direction {
  return direction === 0 ? 1 : 0;
}
