import type { ByteHolder } from '../bytes/budget.js';
import {
  type CaptureLimits,
  CaptureReader,
  type Continuity,
  type Direction,
  type Moment,
  PacketDecoder,
  type PacketSink,
  Reassembler,
  type StreamSink,
} from '../capture/index.js';
import type { Endpoint } from '../endpoint.js';
import type { SensorError } from '../errors.js';
import { fingerprint, ja3s } from '../fingerprint/index.js';
import type { ClientHello, Observation, OpenSslGeneration, ServerHello, Timestamp } from '../model/index.js';
import { tlsOpening } from '../tls/index.js';
import type { PreludeHost, Reporter } from './host.js';
import { rememberedBytes, serverWaitSeconds, waitingBytes, waitingOverhead } from './limits.js';
import { Prelude } from './prelude.js';
import { type CaptureStats, countIn } from './stats.js';
import { TlsSession } from './tls-session.js';

/** A hello that could not be read. */
export interface Rejection {
  readonly file: string;
  readonly frame: number;
  readonly timestamp: Timestamp;
  readonly src: Endpoint;
  readonly dst: Endpoint;
  readonly error: SensorError;
}

export interface WatcherOptions {
  readonly file: string;
  readonly openssl: OpenSslGeneration;
  readonly server: boolean;
  readonly limits: CaptureLimits;
  readonly onRejected: ((rejection: Rejection) => void) | undefined;
}

/** A row that waits for its ServerHello. */
interface Waiting {
  readonly observation: Observation;
  /** Capture time, in seconds, at which it stops waiting. */
  readonly until: number;
}

/**
 * Follows every connection of a capture and collects what it observes: packets go in, observations come out of `take`. Joins the rooms: capture
 * orders the bytes, dialects and haproxy find where TLS begins, tls reads the hello, fingerprint names it.
 */
export class Watcher implements PacketSink, StreamSink, PreludeHost {
  readonly stats: CaptureStats;
  readonly wantsServer: boolean;
  readonly #options: WatcherOptions;
  /** The file's bytes are written into it; it hands its packets to us. */
  readonly reader: CaptureReader;
  readonly #decoder: PacketDecoder;
  readonly #reassembler: Reassembler;
  /** Last hellos, kept until the connection has said something else. */
  #remembered = 0;
  #notRemembered = 0;
  /** Who is given a connection's bytes, by its slot. */
  readonly #following: (Prelude | TlsSession | undefined)[] = [];
  #ready: Observation[] = [];
  /** Bytes of the hellos whose observations `take` would give. */
  readyBytes = 0;
  /** In the order of their hellos. */
  readonly #waiting = new Map<TlsSession, Waiting>();
  #waitingBytes = 0;
  #waitedTooMany = 0;

  constructor(stats: CaptureStats, options: WatcherOptions) {
    this.stats = stats;
    this.wantsServer = options.server;
    this.#options = options;
    this.reader = new CaptureReader(this);
    this.#reassembler = new Reassembler(this, this.reader, options.limits);
    this.#decoder = new PacketDecoder(this.#reassembler, this.reader, options.limits);
  }

  /** The observations made since the last call. */
  take(): Observation[] {
    const ready = this.#ready;
    if (ready.length > 0) this.#ready = [];
    this.readyBytes = 0;
    return ready;
  }

  /** The capture is over. */
  finish(): void {
    this.#reassembler.finish();
    for (const session of this.#waiting.keys()) this.#emit(session, null);
    const { stats } = this;
    stats.connections = this.#reassembler.connections;
    countIn(stats.limits, 'connections', this.#reassembler.evicted);
    countIn(stats.limits, 'held_per_direction', this.#reassembler.gapsSkipped);
    countIn(stats.limits, 'held_in_all', this.#reassembler.budget.dropped);
    countIn(stats.limits, 'remembered_hellos', this.#notRemembered);
    countIn(stats.limits, 'waiting_rows', this.#waitedTooMany);
    countIn(stats.limits, 'fragmented_datagrams', this.#decoder.fragments.dropped);
  }

  // -- packets --

  packet(bytes: Uint8Array, start: number, end: number, linkType: number, originalLength: number): void {
    this.stats.packets++;
    if (originalLength > end - start) this.stats.cut_by_snaplen++;
    if (this.#waiting.size > 0) this.#stopWaiting(this.reader.seconds);
    if (!this.#decoder.decode(bytes, start, end, linkType)) {
      countIn(this.stats.link_types_not_understood, String(linkType));
    }
  }

  /** Rows that wait for their answer stop waiting by the time of the next packet, whatever it is. */
  get passesOver(): boolean {
    return this.#waiting.size === 0;
  }

  passedOver(packets: number, cut: number): void {
    this.stats.packets += packets;
    this.stats.cut_by_snaplen += cut;
  }

  // -- streams --

  bytes(slot: number, direction: Direction, bytes: Uint8Array, start: number, end: number, how: Continuity): number {
    const chunk = bytes.subarray(start, end);
    let follower = this.#following[slot];
    if (follower === undefined) {
      // Most connections open with their hello: there is nothing before TLS to follow.
      follower = tlsOpening(chunk) === 'client_hello' ? new TlsSession(slot, direction, this) : new Prelude(slot, this);
      this.#following[slot] = follower;
    }
    const wanted = follower.bytes(direction, chunk, how);
    if (wanted === 0) this.#following[slot] = undefined;
    return wanted;
  }

  closed(slot: number): void {
    const follower = this.#following[slot];
    if (follower === undefined) return;
    follower.closed();
    this.#following[slot] = undefined;
  }

  // -- preludes and sessions --

  handOver(session: TlsSession): void {
    this.#following[session.slot] = session;
  }

  moment(): Moment {
    return this.#reassembler.moment();
  }

  opener(slot: number): Direction {
    return this.#reassembler.opener(slot);
  }

  tlsBegan(): void {
    this.stats.tls_connections++;
  }

  hello(session: TlsSession, hello: ClientHello, retry: boolean): void {
    const moment = session.at ?? this.moment();
    const { file, openssl } = this.#options;
    const { slot, client } = session;
    const observation: Observation = {
      file,
      frame: moment.frame,
      timestamp: moment.timestamp,
      transport: 'tcp',
      src: this.#reassembler.sender(slot, client),
      dst: this.#reassembler.sender(slot, client === 0 ? 1 : 0),
      proxiedSrc: session.proxiedSrc,
      starttls: session.starttls,
      hello,
      fingerprint: fingerprint(hello, { transport: 'tcp', openssl }),
      retry,
      server: null,
    };
    this.stats.hellos++;
    if (this.wantsServer) {
      this.#emit(session, null);
      this.#waiting.set(session, { observation, until: moment.timestamp.seconds + serverWaitSeconds });
      this.#waitingBytes += hello.raw.length + waitingOverhead;
      this.#limitWaiting();
    } else this.#push(observation);
  }

  serverHello(session: TlsSession, hello: ServerHello): void {
    this.#emit(session, hello);
  }

  noServerHello(session: TlsSession): void {
    this.#emit(session, null);
  }

  repeat(): void {
    this.stats.repeats++;
  }

  rejected(from: Reporter, client: Direction, error: SensorError): void {
    countIn(this.stats.rejected, error.code);
    const { onRejected, file } = this.#options;
    if (onRejected === undefined) return;
    const moment = from.at ?? this.moment();
    onRejected({
      file,
      frame: moment.frame,
      timestamp: moment.timestamp,
      src: this.#reassembler.sender(from.slot, client),
      dst: this.#reassembler.sender(from.slot, client === 0 ? 1 : 0),
      error,
    });
  }

  holds(holder: ByteHolder, bytes: number): void {
    this.#reassembler.budget.set(holder, bytes);
  }

  mayRemember(bytes: number): boolean {
    if (this.#remembered + bytes > rememberedBytes) {
      this.#notRemembered++;
      return false;
    }
    this.#remembered += bytes;
    return true;
  }

  forgets(bytes: number): void {
    this.#remembered -= bytes;
  }

  #push(observation: Observation): void {
    this.#ready.push(observation);
    this.readyBytes += observation.hello.raw.length;
  }

  #stopWaiting(now: number): void {
    for (const [session, waiting] of this.#waiting) {
      if (now <= waiting.until) return;
      this.#emit(session, null);
    }
  }

  /** The oldest rows make room. Their connections may be quiet, and capture time may stand still. */
  #limitWaiting(): void {
    for (const oldest of this.#waiting.keys()) {
      if (this.#waitingBytes <= waitingBytes) return;
      this.#waitedTooMany++;
      this.#emit(oldest, null);
    }
  }

  /** Lets go of the row this session kept waiting, if it did. */
  #emit(session: TlsSession, server: ServerHello | null): void {
    const waiting = this.#waiting.get(session);
    if (waiting === undefined) return;
    this.#waiting.delete(session);
    this.#waitingBytes -= waiting.observation.hello.raw.length + waitingOverhead;
    this.#push(
      server === null
        ? waiting.observation
        : {
            ...waiting.observation,
            server: { ja3s: ja3s(server), helloRetryRequest: server.helloRetryRequest },
          },
    );
  }
}
