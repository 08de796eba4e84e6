import { existsSync } from 'node:fs';
import { SensorError } from '../../errors.js';
import { bytesOfText, looksLikeHex, MAX_TEXT } from '../../explain/index.js';
import { UsageError } from '../exit-codes.js';

/** What the argument, or standard input, turned out to be. */
export type ExplainInput =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'ja3'; readonly string: string }
  /** frame null: which one is not said. */
  | { readonly kind: 'capture'; readonly file: string; readonly frame: number | null };

/**
 * Tells what is to be explained: a ja3 string, else a file that is there (with a frame behind its last colon, or without), else hex.
 *
 * @throws SensorError `not_explainable` where it is none of them; UsageError for a capture on standard input
 */
export async function explainInput(what: string): Promise<ExplainInput> {
  if (what === '-') return ofStandardInput(await standardInput());
  if (JA3_STRING.test(what)) return { kind: 'ja3', string: what };
  if (existsSync(what)) return { kind: 'capture', file: what, frame: null };
  const [, file, frame] = /^(.*):(\d{1,15})$/s.exec(what) ?? [];
  if (file !== undefined && existsSync(file)) return { kind: 'capture', file, frame: Number(frame) };
  if (looksLikeHex(what)) return { kind: 'bytes', bytes: bytesOfText(what) };
  if (what.trim() === '') throw new UsageError('there is nothing to explain: the argument is empty');
  const short = what.length > 80 ? `${what.slice(0, 80)}…` : what;
  throw new SensorError('not_explainable', 'input', 0, `${short} is no file, no hex and no ja3 string`);
}

/** Five fields of numbers. Whether they are sound is for the one who reads them to say. */
const JA3_STRING = /^\d+(?:,[\d-]*){4}$/;

/** How captures begin, in hex: pcap in either order and resolution, pcapng, gzip. */
const CAPTURE = /^(?:a1b2c3d4|d4c3b2a1|a1b23c4d|4d3cb2a1|0a0d0d0a|1f8b)/;

function ofStandardInput(bytes: Uint8Array): ExplainInput {
  const start = Buffer.from(bytes.subarray(0, 4)).toString('hex');
  if (CAPTURE.test(start)) {
    throw new UsageError('standard input is a capture: save it, and name the frame to explain (FILE:FRAME)');
  }
  // A record or a handshake message as it is: no text begins with such a byte.
  if (start.startsWith('16') || start.startsWith('01')) return { kind: 'bytes', bytes };
  const text = new TextDecoder().decode(bytes).trim();
  return JA3_STRING.test(text) ? { kind: 'ja3', string: text } : { kind: 'bytes', bytes: bytesOfText(text) };
}

/** All of standard input. @throws SensorError `input_too_large` */
export async function standardInput(): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MAX_TEXT) {
      throw new SensorError('input_too_large', 'input', MAX_TEXT, `more than ${MAX_TEXT} bytes on standard input`);
    }
  }
  return Buffer.concat(chunks);
}
