import type { Observation, Timestamp } from '../../model/index.js';
import type { ReportWriter } from '../format.js';

/** Seconds as ja3.py has them from dpkt: a float, which Python never writes without its point. */
function pythonSeconds(timestamp: Timestamp): string {
  const text = String(timestamp.seconds + timestamp.nanoseconds / 1e9);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

function record(observation: Observation): string {
  const { src, dst, fingerprint, timestamp } = observation;
  const { string, hash } = fingerprint.ja3;
  return `    {
        "destination_ip": "${dst.ip}",
        "destination_port": ${dst.port},
        "ja3": "${string}",
        "ja3_digest": "${hash}",
        "source_ip": "${src.ip}",
        "source_port": ${src.port},
        "timestamp": ${pythonSeconds(timestamp)}
    }`;
}

/** What salesforce's `ja3.py --json` prints (python/ja3.py, `json.dumps(output, indent=4, sort_keys=True)`), to the key and to the space. */
export function ja3Writer(): ReportWriter {
  let first = true;
  return {
    begin: () => '[',
    rows: (observations, print) => {
      for (const observation of observations) {
        print(`${first ? '\n' : ',\n'}${record(observation)}`);
        first = false;
      }
    },
    adopt: () => {
      const before = first ? '' : ',';
      first = false;
      return before;
    },
    end: () => (first ? ']\n' : '\n]\n'),
  };
}
