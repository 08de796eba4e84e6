import { execFileSync } from 'node:child_process';

/** A ClientHello as tshark dissected it, with what passed on its connection before. */
export interface SeenHello {
  /** Number of the packet in which tshark had the whole hello. */
  frame: number;
  src_ip: string;
  src_port: number;
  dst_ip: string;
  dst_port: number;
  /** Source in the PROXY header before it. */
  proxied_src: { ip: string; port: number } | null;
  starttls: 'imap' | 'pop3' | 'smtp' | 'sieve' | null;
  sni: string | null;
  /** A HelloRetryRequest came between the connection's first hello and this one. */
  retry: boolean;
  /** It carries a pre_shared_key extension. */
  psk: boolean;
  ja3: string;
  ja3_hash: string;
  /** The handshake message in hex. */
  raw: string;
}

/** Everything tshark says of a capture. */
export interface Seen {
  version: string;
  packets: number;
  connections: number;
  hellos: SeenHello[];
}

const FIELDS = [
  'frame.number',
  'tcp.stream',
  'ip.src',
  'ipv6.src',
  'tcp.srcport',
  'ip.dst',
  'ipv6.dst',
  'tcp.dstport',
  'tcp.payload',
  'proxy.src.ipv4',
  'proxy.src.ipv6',
  'proxy.srcport',
  'tls.handshake.type',
  'tls.handshake.random',
  'tls.handshake.extension.type',
  'tls.handshake.extensions_server_name',
  'tls.handshake.ja3_full',
  'tls.handshake.ja3',
] as const;
type Row = Record<(typeof FIELDS)[number], string>;

/** RFC 8446 section 4.1.3: the ServerHello random that makes it a HelloRetryRequest. */
const RETRY_RANDOM = 'cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c';

/** How each protocol's server greets. */
const GREETINGS = [
  ['imap', /^\* OK /],
  ['pop3', /^\+OK /],
  ['smtp', /^220[ -]/],
  ['sieve', /^"IMPLEMENTATION"/],
] as const;

interface Connection {
  greeting: string;
  proxied: { ip: string; port: number } | null;
  starttls: boolean;
  retried: boolean;
}

/** Runs tshark over a capture. */
export function askTshark(capture: string): Seen {
  const seen: Seen = { version: version(), packets: 0, connections: 0, hellos: [] };
  const raw = rawHellos(capture);
  const connections = new Map<string, Connection>();
  for (const row of rows(capture)) {
    seen.packets++;
    if (row['tcp.stream'] === '') continue;
    let connection = connections.get(row['tcp.stream']);
    if (!connection) {
      connection = { greeting: '', proxied: null, starttls: false, retried: false };
      connections.set(row['tcp.stream'], connection);
    }
    const proxied = row['proxy.src.ipv4'] || row['proxy.src.ipv6'];
    if (proxied) connection.proxied = { ip: proxied, port: Number(row['proxy.srcport']) };

    const text = Buffer.from(row['tcp.payload'], 'hex').toString('latin1');
    if (!connection.greeting && GREETINGS.some(([, pattern]) => pattern.test(text))) connection.greeting = text;
    if (/(^|[ \n])(STARTTLS|STLS)\r\n$/i.test(text)) connection.starttls = true;

    const types = row['tls.handshake.type'].split(';');
    if (types.includes('2') && row['tls.handshake.random'].includes(RETRY_RANDOM)) connection.retried = true;
    if (types.includes('1')) seen.hellos.push(hello(row, connection, raw.get(row['frame.number'])));
  }
  seen.connections = connections.size;
  return seen;
}

function hello(row: Row, connection: Connection, raw: string | undefined): SeenHello {
  if (raw === undefined) throw new Error(`tshark shows no bytes for the hello in frame ${row['frame.number']}`);
  const protocol = GREETINGS.find(([, pattern]) => pattern.test(connection.greeting))?.[0] ?? null;
  return {
    frame: Number(row['frame.number']),
    src_ip: row['ip.src'] || row['ipv6.src'],
    src_port: Number(row['tcp.srcport']),
    dst_ip: row['ip.dst'] || row['ipv6.dst'],
    dst_port: Number(row['tcp.dstport']),
    proxied_src: connection.proxied,
    starttls: connection.starttls ? protocol : null,
    sni: row['tls.handshake.extensions_server_name'] || null,
    retry: connection.retried,
    psk: row['tls.handshake.extension.type'].split(';').includes('41'),
    ja3: row['tls.handshake.ja3_full'],
    ja3_hash: row['tls.handshake.ja3'],
    raw,
  };
}

/** One row a packet. Out-of-order segments are put in order, which is not tshark's default. */
function* rows(capture: string): Generator<Row> {
  const fields = FIELDS.flatMap((field) => ['-e', field]);
  const separators = ['-E', 'separator=/t', '-E', 'occurrence=a', '-E', 'aggregator=;'];
  for (const line of tshark(['-r', capture, '-T', 'fields', ...separators, ...fields]).split('\n')) {
    if (line === '') continue;
    const values = line.split('\t');
    yield Object.fromEntries(FIELDS.map((field, i) => [field, values[i] ?? ''])) as Row;
  }
}

/** The hellos' own bytes, by the number of their packet. */
function rawHellos(capture: string): Map<string, string> {
  const found = new Map<string, string>();
  const packets = JSON.parse(
    tshark(['-r', capture, '-Y', 'tls.handshake.type == 1', '-T', 'json', '-x', '--no-duplicate-keys']),
  ) as { _source: { layers: { frame: { 'frame.number': string }; tls: unknown } } }[];
  for (const { _source } of packets) {
    const raw = find(_source.layers.tls, 'tls.handshake_raw');
    // [hex, position, length, …]
    if (Array.isArray(raw)) found.set(_source.layers.frame['frame.number'], String(raw[0]));
  }
  return found;
}

/** The first value under `key`, however deep. */
function find(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const record = value as Record<string, unknown>;
  if (key in record) return record[key];
  for (const child of Object.values(record)) {
    const found = find(child, key);
    if (found !== undefined) return found;
  }
  return undefined;
}

function version(): string {
  return /TShark \(Wireshark\) ([\d.]+)/.exec(tshark(['--version']))?.[1] ?? 'unknown';
}

function tshark(args: string[]): string {
  const settings = args[0] === '-r' ? ['-o', 'tcp.reassemble_out_of_order:TRUE', '-n'] : [];
  return execFileSync('tshark', [...settings, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'ignore'], // it warns of running as root
  });
}
