import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A packet of a recorded connection. */
export interface Step {
  fromClient: boolean;
  /** TCP flags as in the header (RFC 9293 section 3.1). */
  flags: number;
  payload: Buffer;
}

/** A recorded connection with one hello, to be played again between other addresses. */
export interface Handshake {
  steps: Step[];
  serverPort: number;
  /** TLS begins with the first byte: it may be played on any port. */
  implicit: boolean;
  /** The hello takes two segments. */
  split: boolean;
  /** tshark's, from the sample's expected.json. */
  ja3Hash: string;
}

const SAMPLES = [
  'imaps',
  'imap-starttls',
  'pop3s',
  'pop3-stls',
  'submission-starttls',
  'sieve-starttls',
  'dovecot-2.4',
];
/** What an Ethernet of 1500 bytes leaves for payload beside 20 bytes IPv4, 20 TCP and 12 of timestamps. */
const SEGMENT = 1448;
const SYN = 2;
const ACK = 16;

interface Recorded {
  clientKey: string;
  serverPort: number;
  steps: Step[];
}

interface Expected {
  hellos: { src_ip: string; src_port: number; starttls: string | null; retry: boolean; ja3_hash: string }[];
}

/**
 * The recorded connections of samples/, each as it was and, where the client sends a key share, once more with a post-quantum one added. The JA3
 * stays the same (it does not look into key_share), and the hello then takes two segments, as those of current browsers and OpenSSL 3.5 do.
 */
export function loadHandshakes(samples: string): Handshake[] {
  const found: Handshake[] = [];
  for (const name of SAMPLES) {
    const expected = JSON.parse(readFileSync(join(samples, name, 'expected.json'), 'utf8')) as Expected;
    for (const connection of connectionsOf(readFileSync(join(samples, name, `${name}.pcapng`)))) {
      const hellos = expected.hellos.filter((one) => `${one.src_port}` === connection.clientKey);
      if (hellos.length !== 1) continue; // a retry is two hellos
      const handshake = { ...connection, ja3Hash: hellos[0]!.ja3_hash, implicit: hellos[0]!.starttls === null };
      found.push(...variants(handshake));
    }
  }
  return found;
}

/** The files that decide what a workload is, for the key under which a workload is kept. */
export function sampleFiles(samples: string): string[] {
  return SAMPLES.flatMap((name) => readdirSync(join(samples, name)).map((file) => join(samples, name, file)));
}

function* variants(connection: Recorded & { ja3Hash: string; implicit: boolean }): Generator<Handshake> {
  const { steps, serverPort, ja3Hash, implicit } = connection;
  const at = steps.findIndex(({ fromClient, payload }) => fromClient && isHello(payload));
  if (at < 0) return; // the sample's own hello came in two segments
  for (const hello of [steps[at]!.payload, withPostQuantumShare(steps[at]!.payload)]) {
    if (!hello) continue;
    const replayed = steps.flatMap((step, i) => segments(i === at ? { ...step, payload: hello } : step));
    yield { steps: replayed, serverPort, implicit, split: hello.length > SEGMENT, ja3Hash };
  }
}

/** One whole record that holds one whole ClientHello (RFC 8446 section 5.1). */
function isHello(payload: Buffer): boolean {
  return payload.length > 43 && payload[0] === 22 && payload[5] === 1 && payload.readUInt16BE(3) + 5 === payload.length;
}

function segments(step: Step): Step[] {
  const count = Math.max(1, Math.ceil(step.payload.length / SEGMENT));
  return Array.from({ length: count }, (_, i) => ({
    ...step,
    payload: step.payload.subarray(i * SEGMENT, (i + 1) * SEGMENT),
  }));
}

/** Adds an X25519MLKEM768 share (group 0x11ec, 1216 bytes) to key_share, and mends every length around it. */
function withPostQuantumShare(record: Buffer): Buffer | null {
  let at = 5 + 4 + 2 + 32;
  at += 1 + record[at]!; // session id
  at += 2 + record.readUInt16BE(at); // cipher suites
  at += 1 + record[at]!; // compression methods
  const extensionsLength = at;
  for (at += 2; at + 4 <= record.length; at += 4 + record.readUInt16BE(at + 2)) {
    if (record.readUInt16BE(at) !== 51) continue;
    const share = Buffer.alloc(4 + 1216, 0xa5);
    share.writeUInt16BE(0x11ec, 0);
    share.writeUInt16BE(1216, 2);
    // type, length, length of the list, then the shares (RFC 8446 section 4.2.8)
    const grown = Buffer.concat([record.subarray(0, at + 6), share, record.subarray(at + 6)]);
    for (const length of [3, 7, extensionsLength, at + 2, at + 4]) {
      grown.writeUInt16BE(grown.readUInt16BE(length) + share.length, length);
    }
    return grown;
  }
  return null;
}

/**
 * The TCP connections of a sample. This is no general reader: samples are little-endian pcapng of one Ethernet interface, IPv4 or IPv6 without
 * options, in order and complete.
 */
function connectionsOf(file: Buffer): Recorded[] {
  const connections = new Map<string, Recorded>();
  for (let at = 0; at < file.length; at += file.readUInt32LE(at + 4)) {
    if (file.readUInt32LE(at) !== 6) continue; // enhanced packet block
    const frame = file.subarray(at + 28, at + 28 + file.readUInt32LE(at + 20));
    const ipv4 = frame.readUInt16BE(12) === 0x0800;
    const tcp = ipv4 ? 34 : 54;
    const end = ipv4 ? 14 + frame.readUInt16BE(16) : 54 + frame.readUInt16BE(18);
    const ports = [frame.readUInt16BE(tcp), frame.readUInt16BE(tcp + 2)] as const;
    const flags = frame[tcp + 13]!;
    if ((flags & (SYN | ACK)) === SYN) {
      connections.set(`${ports[0]}`, { clientKey: `${ports[0]}`, serverPort: ports[1], steps: [] });
    }
    const connection = connections.get(`${ports[0]}`) ?? connections.get(`${ports[1]}`);
    connection?.steps.push({
      fromClient: connection.clientKey === `${ports[0]}`,
      flags,
      payload: Buffer.from(frame.subarray(tcp + (frame[tcp + 12]! >> 4) * 4, end)),
    });
  }
  return [...connections.values()];
}
