import type { Handshake } from './handshakes.js';
import { PacketWriter, type Way } from './packet-writer.js';
import { Random } from './random.js';

export const WORKLOADS = ['dense', 'mixed', 'small'] as const;
export type WorkloadKind = (typeof WORKLOADS)[number];

/** What is in a workload, for whoever checks a program against it. */
export interface Truth {
  kind: WorkloadKind;
  bytes: number;
  packets: number;
  /** One to a connection; each connection has its own client address and port. */
  hellos: number;
  /** How many of them take two segments. */
  splits: number;
  /** How often each JA3 is there. */
  ja3Hashes: Record<string, number>;
}

const SEED = 12_345;
const SPLIT_SHARE = 0.3;
/** Handshakes on a port that says nothing of TLS. */
const OTHER_PORT_SHARE = 0.1;
const OTHER_PORTS = [8443, 993, 853, 4433, 9443];
const ACK = 16;
const PSH_ACK = 24;
const NOTHING = Buffer.alloc(0);

/** A handshake being played. */
interface Playing {
  steps: Handshake['steps'];
  next: number;
  up: Way;
  down: Way;
  clientSeq: number;
  serverSeq: number;
}

/** The handshakes of a workload, and the noise all three share. */
class Stage {
  readonly random = new Random(SEED);
  readonly out: PacketWriter;
  readonly noise = Buffer.alloc(1 << 20);
  readonly playing: Playing[] = [];
  readonly truth: Truth;
  readonly #single: Handshake[];
  readonly #split: Handshake[];
  readonly #limit: number;

  constructor(kind: WorkloadKind, path: string, bytes: number, handshakes: readonly Handshake[]) {
    this.out = new PacketWriter(path, this.random);
    this.#limit = bytes;
    this.#single = handshakes.filter((one) => !one.split);
    this.#split = handshakes.filter((one) => one.split);
    this.truth = { kind, bytes: 0, packets: 0, hellos: 0, splits: 0, ja3Hashes: {} };
    for (let i = 0; i < this.noise.length; i += 4) this.noise.writeUInt32LE(this.random.u32(), i);
  }

  /** The size asked for is reached: handshakes begun are finished, nothing new begins. */
  get full(): boolean {
    return this.out.bytes >= this.#limit;
  }

  get done(): boolean {
    return this.full && this.playing.length === 0;
  }

  /** Sends one packet of one of up to `together` interleaved handshakes. */
  step(together: number): void {
    while (this.playing.length < together && !this.full) this.playing.push(this.#begin());
    if (this.playing.length === 0) return;
    const which = this.random.between(0, this.playing.length - 1);
    if (!this.#send(this.playing[which]!)) this.playing.splice(which, 1);
  }

  finish(): Truth {
    this.out.close();
    this.truth.bytes = this.out.bytes;
    this.truth.packets = this.out.packets;
    return this.truth;
  }

  #begin(): Playing {
    const { random, truth } = this;
    const handshake = random.pick(random.chance(SPLIT_SHARE) ? this.#split : this.#single);
    const count = ++truth.hellos;
    if (handshake.split) truth.splits++;
    truth.ja3Hashes[handshake.ja3Hash] = (truth.ja3Hashes[handshake.ja3Hash] ?? 0) + 1;
    const elsewhere = handshake.implicit && random.chance(OTHER_PORT_SHARE);
    // 10.0.0.0/8 and 192.168.0.0/16; 7919 is prime to the size of the first, so no client comes twice
    const client = (0x0a000000 + ((count * 7919) % 0xfffffe)) >>> 0;
    const server = (0xc0a80001 + (count % 5000)) >>> 0;
    const clientPort = 32_768 + (count % 28_000);
    const serverPort = elsewhere ? random.pick(OTHER_PORTS) : handshake.serverPort;
    return {
      steps: handshake.steps,
      next: 0,
      up: { src: client, dst: server, srcPort: clientPort, dstPort: serverPort },
      down: { src: server, dst: client, srcPort: serverPort, dstPort: clientPort },
      clientSeq: random.u32(),
      serverSeq: random.u32(),
    };
  }

  /** @returns whether there is more of it */
  #send(play: Playing): boolean {
    const { fromClient, flags, payload } = play.steps[play.next++]!;
    const [seq, other] = fromClient ? [play.clientSeq, play.serverSeq] : [play.serverSeq, play.clientSeq];
    this.out.tcp(fromClient ? play.up : play.down, seq, flags & ACK ? other : 0, flags, payload);
    // SYN and FIN count as a byte (RFC 9293 section 3.4)
    const after = (seq + payload.length + (flags & 3 ? 1 : 0)) >>> 0;
    if (fromClient) play.clientSeq = after;
    else play.serverSeq = after;
    return play.next < play.steps.length;
  }
}

/** Back-to-back logins, 16 at a time: as many hellos to the byte as there can be. */
function dense(stage: Stage): void {
  while (!stage.done) stage.step(16);
}

/** 200 downloads, most of them TLS, under 2 % handshake packets: a busy uplink. */
function mixed(stage: Stage): void {
  const { random, out, noise } = stage;
  const flows = Array.from({ length: 200 }, (_, i) => {
    const [client, server, port] = [0x0a640000 + i, (0xc0a90001 + i) >>> 0, i % 5 === 4 ? 80 : 443];
    return {
      up: { src: client, dst: server, srcPort: 20_000 + i, dstPort: port },
      down: { src: server, dst: client, srcPort: port, dstPort: 20_000 + i },
      tls: port === 443,
      seq: random.u32(),
      ack: random.u32(),
      sent: 0,
    };
  });
  const payload = Buffer.alloc(1448);
  while (!stage.done) {
    if (stage.full || random.chance(0.02)) {
      stage.step(50);
      continue;
    }
    const flow = random.pick(flows);
    if (random.chance(0.4)) {
      out.tcp(flow.up, flow.ack, flow.seq, ACK, NOTHING);
      continue;
    }
    const length = random.chance(0.9) ? payload.length : random.between(50, 1400);
    const from = random.between(0, noise.length - payload.length);
    noise.copy(payload, 0, from, from + length);
    if (flow.tls) {
      // full records of application data, one behind the other: 5 bytes of header and 16,384
      const toNext = (16_389 - (flow.sent % 16_389)) % 16_389;
      if (toNext + 5 <= length) payload.set([23, 3, 3, 0x40, 0], toNext);
    }
    out.tcp(flow.down, flow.seq, flow.ack, PSH_ACK, payload, length);
    flow.seq = (flow.seq + length) >>> 0;
    flow.sent += length;
  }
}

/** Names asked and answered, bare acknowledgements, voice, and 1 % handshake packets: the cost of a packet, not of a byte. */
function small(stage: Stage): void {
  const { random, out, noise } = stage;
  const questions = Array.from({ length: 2000 }, () => question(random));
  const voice = noise.subarray(0, 48);
  for (let id = 0; !stage.done; id = (id + 1) & 0xffff) {
    const kind = random.u32() % 100;
    if (stage.full || kind < 1) {
      stage.step(4);
    } else if (kind < 50) {
      const text = random.pick(questions);
      text.writeUInt16BE(id, 0);
      const [client, resolver, port] = [
        0x0a000000 + random.between(1, 65_000),
        0x08080808,
        random.between(1025, 65_000),
      ];
      if (random.chance(0.5)) out.udp({ src: client, dst: resolver, srcPort: port, dstPort: 53 }, text);
      else out.udp({ src: resolver, dst: client, srcPort: 53, dstPort: port }, text);
    } else if (kind < 90) {
      const client = 0x0a000000 + random.between(1, 3000);
      const way = {
        src: client,
        dst: (0xc0a80000 + (client & 255)) >>> 0,
        srcPort: 40_000 + (client % 20_000),
        dstPort: 443,
      };
      out.tcp(way, random.u32(), random.u32(), ACK, NOTHING);
    } else {
      const way = {
        src: 0x0a000000 + random.between(1, 60_000),
        dst: (0xc0a80000 + random.between(1, 999)) >>> 0,
        srcPort: random.between(1025, 65_000),
        dstPort: random.between(1025, 65_000),
      };
      out.udp(way, voice, random.between(20, 48));
    }
  }
}

/** A DNS question for an address (RFC 1035 section 4.1). */
function question(random: Random): Buffer {
  const labels = [random.pick(['www', 'api', 'cdn', 'mail', 'img', 'ns1']), `ex${random.between(10, 9999)}`, 'com'];
  const name = labels.map((label) => String.fromCharCode(label.length) + label).join('');
  return Buffer.concat([
    Buffer.from('000001000001000000000000', 'hex'),
    Buffer.from(`${name}\0\0\x01\0\x01`, 'latin1'),
  ]);
}

const PLAYERS: Record<WorkloadKind, (stage: Stage) => void> = { dense, mixed, small };

/**
 * Writes a workload as pcap. The same bytes for the same arguments and the same samples, on every machine.
 *
 * @param bytes how long the file shall be at least; handshakes begun by then are finished
 */
export function writeWorkload(
  kind: WorkloadKind,
  path: string,
  bytes: number,
  handshakes: readonly Handshake[],
): Truth {
  const stage = new Stage(kind, path, bytes, handshakes);
  PLAYERS[kind](stage);
  return stage.finish();
}
