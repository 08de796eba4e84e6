import type { Endpoint } from '../../endpoint.js';
import { SensorError } from '../../errors.js';
import type { Transport } from '../../model/index.js';
import { address, port, stringOrNull, time, wireText, wireTexts } from '../fields.js';
import { KnownHellos, versionOfJa4 } from '../observation.js';
import type { JsonFormat, JsonObject, Rows } from '../rows.js';

const FINGERPRINTS = ['ja3_hash', 'ssl_ja3_hash', 'ja4'] as const;

const isRow = (object: JsonObject) =>
  'src_ip' in object && 'dst_ip' in object && 'timestamp' in object && FINGERPRINTS.some((key) => key in object);

const TRANSPORTS: ReadonlySet<unknown> = new Set<Transport>(['tcp', 'quic', 'dtls']);

/** What `ja3-sensor pcap --format ndjson` (or `json`) prints. Fields that were not printed are not known; times, ends and one fingerprint have to be there. */
export const rowsNdjson: JsonFormat = {
  name: 'ja3-sensor-rows-ndjson',
  title: 'rows of ja3-sensor pcap (JSON)',
  reads: 'objects',
  gives: 'observations',
  recognise: isRow,
  open: (rows) => {
    const hellos = new KnownHellos();
    return (object, line) => readRow(object, line, rows, hellos);
  },
};

function readRow(object: JsonObject, line: number, rows: Rows, hellos: KnownHellos): void {
  const hello = hellos.of({
    ja3: stringOrNull(object, 'ja3'),
    ja3Hash: stringOrNull(object, 'ja3_hash'),
    sslJa3: stringOrNull(object, 'ssl_ja3'),
    sslJa3Hash: stringOrNull(object, 'ssl_ja3_hash'),
    ja4: stringOrNull(object, 'ja4'),
    ja4R: stringOrNull(object, 'ja4_r'),
  });
  if (hello === null) {
    rows.passedOver++;
    return;
  }
  const { transport = 'tcp' } = object;
  if (!TRANSPORTS.has(transport)) throw new SensorError('bad_text', 'transport', 0, 'is none of tcp, quic, dtls');
  rows.observation(
    line,
    {
      timestamp: time(object.timestamp, 'timestamp'),
      transport: transport as Transport,
      src: { ip: address(object.src_ip, 'src_ip'), port: port(object.src_port, 'src_port') },
      dst: { ip: address(object.dst_ip, 'dst_ip'), port: port(object.dst_port, 'dst_port') },
      proxiedSrc: endpoint(object.proxied_src),
      starttls: wireText(object.starttls, 'starttls'),
      sni: wireText(object.sni, 'sni'),
      alpn: wireTexts(object.alpn, 'alpn'),
      tlsVersion: wireText(object.tls_version, 'tls_version') ?? versionOfJa4(hello.views),
      retry: object.retry === true,
      fingerprint: hello.views,
    },
    hello.repair,
  );
}

/** `192.0.2.7:993`, `[2001:db8::7]:993`. */
function endpoint(value: unknown): Endpoint | null {
  const text = wireText(value, 'proxied_src');
  if (text === null) return null;
  const match = /^(?:\[(?<ipv6>[^\]]+)\]|(?<ipv4>[^:]+)):(?<port>\d+)$/.exec(text);
  if (match === null) throw new SensorError('bad_address', 'proxied_src', 0, 'is no address and port');
  const { ipv6, ipv4, port: number } = match.groups!;
  return { ip: address(ipv6 ?? ipv4, 'proxied_src'), port: port(number, 'proxied_src') };
}
