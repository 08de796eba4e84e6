import { jsonText } from '../../../report/index.js';
import { EXIT, type ExitCode } from '../../exit-codes.js';
import { Output } from '../../output.js';
import { say } from '../../say.js';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** JSON that is safe to look at on a terminal: names come from strangers. */
export function jsonOf(value: Json): string {
  if (typeof value === 'string') return jsonText(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(jsonOf).join(',')}]`;
  return `{${Object.entries(value)
    .map(([key, member]) => `${jsonText(key)}:${jsonOf(member)}`)
    .join(',')}}`;
}

/** What a command has to say: as one JSON object, or as text. */
export interface Answer {
  readonly json: Json;
  readonly text: () => string | Promise<string>;
  /** Why this is nothing; absent: something was found. */
  readonly nothing?: string | null;
}

/**
 * Prints an answer.
 *
 * @returns `failed` where nothing was found, which standard error is told
 * @throws OutputClosed; SensorError where the output cannot be written
 */
export async function give({ json, text, nothing = null }: Answer, asJson: boolean): Promise<ExitCode> {
  const output = new Output();
  output.print(asJson ? `${jsonOf(json)}\n` : await text());
  await output.flush();
  if (nothing === null) return EXIT.done;
  say(nothing);
  return EXIT.failed;
}
