import { formatEndpoint } from '../../src/endpoint.js';
import { SensorError } from '../../src/errors.js';
import type { Observation } from '../../src/model/index.js';
import { CaptureRun, type CaptureSource, type CaptureStats, type ReadCaptureOptions } from '../../src/observe/index.js';

/** Everything one capture gave: its observations, what was counted, and the coded error at its end. Any other error is thrown. */
export interface Observed {
  readonly observations: readonly Observation[];
  readonly stats: CaptureStats;
  readonly error: SensorError | null;
}

export async function observe(source: CaptureSource, options: ReadCaptureOptions = {}): Promise<Observed> {
  const run = new CaptureRun(source, { name: 'test', ...options });
  const observations: Observation[] = [];
  let error: SensorError | null = null;
  try {
    for await (const batch of run.batches()) observations.push(...batch);
  } catch (thrown) {
    if (!(thrown instanceof SensorError)) throw thrown;
    error = thrown;
  }
  return { observations, stats: run.stats, error };
}

/** One observation as a line: what must not depend on how the capture was written or read. */
export function line(seen: Observation): string {
  const { seconds, nanoseconds } = seen.timestamp;
  return [
    `#${seen.frame}`,
    `${seconds}.${String(nanoseconds).padStart(9, '0')}`,
    `${formatEndpoint(seen.src)} > ${formatEndpoint(seen.dst)}`,
    seen.proxiedSrc === null ? '-' : formatEndpoint(seen.proxiedSrc),
    seen.starttls ?? '-',
    seen.hello.serverName ?? '-',
    seen.fingerprint.ja3.hash,
    seen.fingerprint.sslJa3.hash,
    seen.fingerprint.ja4?.hash ?? '-',
    seen.retry ? 'retry' : '-',
  ].join(' ');
}

/** The bytes in chunks of 1 to 7. */
export function* smallChunks(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0, size = 1; at < bytes.length; size = (size % 7) + 1) {
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

/** The bytes in chunks of one size. */
export function* chunksOf(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
