import { formatEndpoint } from '../../endpoint.js';
import { SensorError } from '../../errors.js';
import type { ExplainedPlace } from '../../explain/index.js';
import type { Observation } from '../../model/index.js';
import { CaptureRun } from '../../observe/index.js';
import { fieldsByName, formats } from '../../report/index.js';
import type { Output } from '../output.js';
import { terminalWidth } from '../terminal.js';

/** Frames named where the one asked for has no hello. */
const NAMED_FRAMES = 12;

/**
 * The hellos that this frame of a capture completes, as `pcap` numbers them.
 *
 * @throws SensorError `no_hello_in_frame`, with the frames that have one; the hello's own error where it was refused; or what is wrong with the capture
 */
export async function hellosOfFrame(file: string, frame: number): Promise<readonly Observation[]> {
  let refused: SensorError | null = null;
  const run = new CaptureRun(file, {
    onRejected: (rejection) => {
      if (rejection.frame === frame) refused ??= rejection.error;
    },
  });
  const others: number[] = [];
  for await (const batch of run.batches()) {
    const found = batch.filter((observation) => observation.frame === frame);
    if (found.length > 0) return found;
    for (const other of batch) if (others.length <= NAMED_FRAMES) others.push(other.frame);
  }
  if (refused !== null) throw refused;
  const known = others.slice(0, NAMED_FRAMES).join(', ') + (others.length > NAMED_FRAMES ? ', …' : '');
  const hint = others.length === 0 ? 'there is none in the capture' : `those of this capture are in ${known}`;
  throw new SensorError('no_hello_in_frame', 'frame', frame, `no hello is completed in frame ${frame}; ${hint}`);
}

const LISTED = ['frame', 'src_ip', 'dst_ip', 'dst_port', 'starttls', 'sni', 'ja3_hash'];

/**
 * The only hello of a capture; or all of them listed, so that one can be chosen.
 *
 * @returns null where they were listed
 * @throws SensorError `no_hello_in_capture`; the first refused hello's own error where there is no other; or what is wrong with the capture
 */
export async function onlyHello(file: string, json: boolean, output: Output): Promise<Observation | null> {
  let refused: SensorError | null = null;
  const run = new CaptureRun(file, {
    onRejected: (rejection) => {
      refused ??= rejection.error;
    },
  });
  const list = await listing(json);
  let only: Observation | null = null;
  let count = 0;
  for await (const batch of run.batches()) {
    const rows = only === null || count > 1 ? batch : [only, ...batch];
    only ??= batch[0]!;
    count += batch.length;
    if (count < 2) continue;
    list.rows(rows, output.print);
    await output.flush();
  }
  if (count > 1) return null;
  if (only === null) {
    throw refused ?? new SensorError('no_hello_in_capture', 'file', 0, 'no hello in this capture');
  }
  return only;
}

async function listing(json: boolean) {
  const create = await formats.get(json ? 'ndjson' : 'table')!.load();
  const width = terminalWidth();
  return create({
    labelsOf: () => [],
    server: false,
    fields: LISTED.map((name) => fieldsByName.get(name)!),
    ...(width === undefined ? {} : { width }),
  });
}

export function placeOf({ file, frame, src, dst, proxiedSrc, starttls, retry }: Observation): ExplainedPlace {
  return { file, frame, src: formatEndpoint(proxiedSrc ?? src), dst: formatEndpoint(dst), starttls, retry };
}
