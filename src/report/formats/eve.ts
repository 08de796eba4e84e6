import { offeredVersion } from '../../fingerprint/index.js';
import type { Observation } from '../../model/index.js';
import { jsonText } from '../escape.js';
import type { ReportWriter } from '../format.js';
import { formatEveTimestamp } from '../timestamp.js';

/**
 * A number for the connection, the same for all its hellos in any run (FNV-1a over its ends, two lanes): Suricata's flow_id only has to be equal
 * within a flow. 53 bits, since larger numbers do not survive JSON readers that use doubles.
 */
function flowId(observation: Observation): number {
  const { transport, src, dst } = observation;
  const key = `${transport} ${src.ip} ${src.port} ${dst.ip} ${dst.port}`;
  let low = 0x811c9dc5;
  let high = 0x01000193;
  for (let i = 0; i < key.length; i++) {
    const code = key.charCodeAt(i);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ code ^ (low >>> 24), 0x01000193);
  }
  return (high >>> 11) * 0x1_0000_0000 + (low >>> 0);
}

function event(observation: Observation): string {
  const { file, frame, hello, transport, src, dst, starttls, fingerprint, server } = observation;
  const timestamp = formatEveTimestamp(observation.timestamp);
  const inside: string[] = [];
  if (hello.serverName !== null) inside.push(`"sni":${jsonText(hello.serverName)}`);
  inside.push(`"version":"${offeredVersion(hello).eve}"`);
  inside.push(`"ja3":{"hash":"${fingerprint.ja3.hash}","string":"${fingerprint.ja3.string}"}`);
  if (server !== null) inside.push(`"ja3s":{"hash":"${server.ja3s.hash}","string":"${server.ja3s.string}"}`);
  if (fingerprint.ja4 !== null) inside.push(`"ja4":"${fingerprint.ja4.hash}"`);
  if (hello.alpn !== null && hello.alpn.length > 0) {
    inside.push(`"client_alpns":[${hello.alpn.map(jsonText).join(',')}]`);
  }
  if (starttls !== null) inside.push(`"from_proto":"${starttls}"`);
  return (
    `{${timestamp === null ? '' : `"timestamp":"${timestamp}",`}"flow_id":${flowId(observation)},"pcap_cnt":${frame},"event_type":"tls",` +
    `"src_ip":"${src.ip}","src_port":${src.port},"dest_ip":"${dst.ip}","dest_port":${dst.port},"proto":"${transport === 'tcp' ? 'TCP' : 'UDP'}",` +
    `"pkt_src":"wire/pcap","tls":{${inside.join(',')}},"pcap_filename":${jsonText(file)}}`
  );
}

/** Suricata's EVE JSON, one `tls` event a line. docs/output.md says which field is filled from what. */
export function eveWriter(): ReportWriter {
  return {
    begin: () => '',
    rows: (observations, print) => {
      for (const observation of observations) print(`${event(observation)}\n`);
    },
    end: () => '',
  };
}
