import { address, port, stringOrNull, time, wireText, wireTexts } from '../fields.js';
import { isObject } from '../json-records.js';
import { KnownHellos, transportOf, versionOfJa4 } from '../observation.js';
import type { JsonFormat, JsonObject, Rows } from '../rows.js';

const isEvent = (object: JsonObject) =>
  typeof object.event_type === 'string' && 'timestamp' in object && ('src_ip' in object || 'stats' in object);

/**
 * Suricata's EVE JSON: the `tls` events of a log, the other events passed over. `tls.ja3` is an object with `hash` and `string` (4.1 on; empty where JA3 is
 * turned off), `tls.ja4` a text (8.0); both are also read where a log shipper has written the hash alone, or `ja3_hash`.
 */
export const suricataEve: JsonFormat = {
  name: 'suricata-eve',
  title: 'Suricata eve.json',
  reads: 'objects',
  gives: 'observations',
  recognise: isEvent,
  open: (rows) => {
    const hellos = new KnownHellos();
    return (object, line) => readEvent(object, line, rows, hellos);
  },
};

function readEvent(object: JsonObject, line: number, rows: Rows, hellos: KnownHellos): void {
  const { tls } = object;
  if (object.event_type !== 'tls' || !isObject(tls)) {
    rows.passedOver++;
    return;
  }
  const ja3 = told(tls, 'ja3');
  const ja4 = told(tls, 'ja4');
  const hello = hellos.of({ ja3: ja3.string, ja3Hash: ja3.hash, ja4: ja4.hash, ja4R: ja4.string });
  if (hello === null) {
    rows.passedOver++;
    return;
  }
  rows.observation(
    line,
    {
      timestamp: time(object.timestamp, 'timestamp'),
      transport: transportOf(hello.views, object.proto === 'UDP' ? 'dtls' : 'tcp'),
      src: { ip: address(object.src_ip, 'src_ip'), port: port(object.src_port, 'src_port') },
      dst: { ip: address(object.dest_ip, 'dest_ip'), port: port(object.dest_port, 'dest_port') },
      proxiedSrc: null,
      starttls: wireText(tls.from_proto, 'from_proto'),
      sni: wireText(tls.sni, 'sni'),
      alpn: wireTexts(tls.client_alpns, 'client_alpns'),
      // tls.version is the negotiated one.
      tlsVersion: versionOfJa4(hello.views),
      retry: false,
      fingerprint: hello.views,
    },
    hello.repair,
  );
}

/** `{hash, string}`, the hash alone, or the same as keys of `tls`. */
function told(tls: JsonObject, key: 'ja3' | 'ja4'): { readonly hash: string | null; readonly string: string | null } {
  const value = tls[key];
  if (isObject(value)) return { hash: stringOrNull(value, 'hash'), string: stringOrNull(value, 'string') };
  const hash =
    typeof value === 'string' ? value : (stringOrNull(tls, `${key}_hash`) ?? stringOrNull(tls, `${key}.hash`));
  return { hash, string: stringOrNull(tls, `${key}_string`) ?? stringOrNull(tls, `${key}.string`) };
}
