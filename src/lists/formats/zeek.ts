import { address, port, time, wireText } from '../fields.js';
import { type KnownHellos, transportOf, versionOfJa4 } from '../observation.js';
import type { Rows } from '../rows.js';

/** The columns of an ssl.log that are read, from either of its forms; null: unset. */
export type ZeekRead = (column: string) => unknown;

/**
 * An ssl.log row. `ja3` is the hash (package salesforce/ja3), `ja4` and `ja4_r` come with FoxIO's package. `version` and `next_protocol` are what was
 * negotiated, and say nothing of what was offered.
 *
 * @throws SensorError
 */
export function zeekRow(read: ZeekRead, line: number, rows: Rows, hellos: KnownHellos): void {
  const text = (column: string): string | null => {
    const value = read(column);
    return typeof value === 'string' ? value : null;
  };
  const hello = hellos.of({ ja3Hash: text('ja3'), ja4: text('ja4'), ja4R: text('ja4_r') });
  if (hello === null) {
    rows.passedOver++;
    return;
  }
  rows.observation(
    line,
    {
      timestamp: time(read('ts'), 'ts'),
      transport: transportOf(hello.views, text('version')?.startsWith('DTLS') ? 'dtls' : 'tcp'),
      src: { ip: address(read('id.orig_h'), 'id.orig_h'), port: port(read('id.orig_p'), 'id.orig_p') },
      dst: { ip: address(read('id.resp_h'), 'id.resp_h'), port: port(read('id.resp_p'), 'id.resp_p') },
      proxiedSrc: null,
      // ssl.log does not say what led to TLS.
      starttls: null,
      sni: wireText(read('server_name'), 'server_name'),
      alpn: null,
      tlsVersion: versionOfJa4(hello.views),
      retry: false,
      fingerprint: hello.views,
    },
    hello.repair,
  );
}
