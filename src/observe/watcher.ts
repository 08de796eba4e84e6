import { ByteBudget } from '../bytes/budget.js';
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
import { Conversation } from './conversation.js';
import type { ConversationHost } from './conversation-host.js';
import { rememberedBytes, serverWaitSeconds } from './limits.js';
import { type CaptureStats, countIn } from './stats.js';

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
export class Watcher implements PacketSink, StreamSink, ConversationHost {
  readonly stats: CaptureStats;
  readonly wantsServer: boolean;
  readonly #options: WatcherOptions;
  /** The file's bytes are written into it; it hands its packets to us. */
  readonly reader: CaptureReader;
  readonly #decoder: PacketDecoder;
  readonly #reassembler: Reassembler;
  /** Last hellos, kept until the connection has said something else. */
  readonly #remembered = new ByteBudget(rememberedBytes);
  /** By slot of the connection. */
  readonly #conversations: (Conversation | undefined)[] = [];
  #ready: Observation[] = [];
  /** In the order of their hellos. */
  readonly #waiting = new Map<Conversation, Waiting>();

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
    return ready;
  }

  /** The capture is over. */
  finish(): void {
    this.#reassembler.finish();
    for (const conversation of this.#waiting.keys()) this.#emit(conversation, null);
    const { stats } = this;
    stats.connections = this.#reassembler.connections;
    countIn(stats.limits, 'connections', this.#reassembler.evicted);
    countIn(stats.limits, 'held_per_direction', this.#reassembler.gapsSkipped);
    countIn(stats.limits, 'held_in_all', this.#reassembler.budget.dropped);
    countIn(stats.limits, 'remembered_hellos', this.#remembered.dropped);
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

  // -- streams --

  bytes(slot: number, direction: Direction, bytes: Uint8Array, start: number, end: number, how: Continuity): number {
    let conversation = this.#conversations[slot];
    if (conversation === undefined) {
      conversation = new Conversation(slot, this);
      this.#conversations[slot] = conversation;
    }
    const wanted = conversation.bytes(direction, bytes.subarray(start, end), how);
    if (wanted === 0) this.#conversations[slot] = undefined;
    return wanted;
  }

  closed(slot: number): void {
    const conversation = this.#conversations[slot];
    if (conversation === undefined) return;
    conversation.closed();
    this.#conversations[slot] = undefined;
  }

  // -- conversations --

  moment(): Moment {
    return this.#reassembler.moment();
  }

  opener(slot: number): Direction {
    return this.#reassembler.opener(slot);
  }

  tlsBegan(): void {
    this.stats.tls_connections++;
  }

  hello(conversation: Conversation, client: Direction, hello: ClientHello, retry: boolean): void {
    const moment = conversation.at ?? this.moment();
    const options = this.#options;
    const observation: Observation = {
      file: options.file,
      frame: moment.frame,
      timestamp: moment.timestamp,
      transport: 'tcp',
      src: this.#reassembler.sender(conversation.slot, client),
      dst: this.#reassembler.sender(conversation.slot, client === 0 ? 1 : 0),
      proxiedSrc: conversation.proxiedSrc,
      starttls: conversation.starttls,
      hello,
      fingerprint: fingerprint(hello, { transport: 'tcp', openssl: options.openssl }),
      retry,
      server: null,
    };
    this.stats.hellos++;
    if (this.wantsServer) {
      this.#emit(conversation, null);
      this.#waiting.set(conversation, { observation, until: moment.timestamp.seconds + serverWaitSeconds });
    } else this.#ready.push(observation);
  }

  serverHello(conversation: Conversation, hello: ServerHello): void {
    this.#emit(conversation, hello);
  }

  noServerHello(conversation: Conversation): void {
    this.#emit(conversation, null);
  }

  repeat(): void {
    this.stats.repeats++;
  }

  rejected(conversation: Conversation, client: Direction, error: SensorError): void {
    countIn(this.stats.rejected, error.code);
    const { onRejected, file } = this.#options;
    if (onRejected === undefined) return;
    const moment = conversation.at ?? this.moment();
    onRejected({
      file,
      frame: moment.frame,
      timestamp: moment.timestamp,
      src: this.#reassembler.sender(conversation.slot, client),
      dst: this.#reassembler.sender(conversation.slot, client === 0 ? 1 : 0),
      error,
    });
  }

  holds(conversation: Conversation, bytes: number): void {
    this.#reassembler.budget.set(conversation, bytes);
  }

  remembers(conversation: Conversation, bytes: number): void {
    this.#remembered.set(conversation, bytes);
  }

  #stopWaiting(now: number): void {
    for (const [conversation, waiting] of this.#waiting) {
      if (now <= waiting.until) return;
      this.#emit(conversation, null);
    }
  }

  /** Lets go of the row this conversation kept waiting, if it did. */
  #emit(conversation: Conversation, server: ServerHello | null): void {
    const waiting = this.#waiting.get(conversation);
    if (waiting === undefined) return;
    this.#waiting.delete(conversation);
    this.#ready.push(
      server === null
        ? waiting.observation
        : {
            ...waiting.observation,
            server: { ja3s: ja3s(server), helloRetryRequest: server.helloRetryRequest },
          },
    );
  }
}
