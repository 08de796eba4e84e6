/** The offline path: capture file in, observations out. */
import type { Observation } from '../model/index.js';
import { CaptureRun, type ReadCaptureOptions } from './run.js';
import type { CaptureSource } from './source.js';

export { CaptureRun, type ReadCaptureOptions } from './run.js';
export type { CaptureSource } from './source.js';
export type { CaptureStats } from './stats.js';
export type { Rejection } from './watcher.js';

/**
 * Reads a capture (pcap or pcapng, gzip or not) and yields an observation for every hello in it, as they complete.
 *
 * @param source a path, or the file's bytes, whole or in chunks of any size (`process.stdin`)
 * @throws SensorError where the capture cannot be opened or read to its end, after what could be read was yielded
 * @example
 * for await (const { src, fingerprint } of readCapture('mail.pcapng')) console.log(src.ip, fingerprint.ja3.hash);
 */
export async function* readCapture(
  source: CaptureSource,
  options: ReadCaptureOptions = {},
): AsyncGenerator<Observation, void, undefined> {
  for await (const batch of new CaptureRun(source, options).batches()) yield* batch;
}
