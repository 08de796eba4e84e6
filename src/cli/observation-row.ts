import { offeredVersion } from '../fingerprint/index.js';
import type { Observation, ObservationRow, OpenSslGeneration } from '../model/index.js';
import { sslJa3Of } from './both-ssl-ja3.js';

/** What the store keeps of an observation: views and endpoints, none of the hello's bytes. */
export function observationRow(observation: Observation, openssl: OpenSslGeneration): ObservationRow {
  const { timestamp, transport, src, dst, proxiedSrc, starttls, hello, retry, fingerprint } = observation;
  const sslJa3 = sslJa3Of(observation, openssl);
  return {
    timestamp,
    transport,
    src,
    dst,
    proxiedSrc,
    starttls,
    sni: hello.serverName,
    alpn: hello.alpn,
    tlsVersion: offeredVersion(hello).row,
    retry,
    fingerprint: {
      ja3: fingerprint.ja3,
      ja3n: fingerprint.ja3n,
      sslJa3: { '3.0': sslJa3('3.0'), '3.5': sslJa3('3.5') },
      ja4: fingerprint.ja4,
    },
  };
}
