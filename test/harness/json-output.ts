import { expect } from 'vitest';
import { type Finished, run } from './command.js';

// biome-ignore lint/suspicious/noExplicitAny: answers are told apart by what a test expects of them
export type Json = any;

/** Runs the command, which must end with `code`, and reads the one JSON object it prints. */
export async function runJson(
  args: readonly string[],
  options: { readonly code?: number; readonly input?: Uint8Array } = {},
): Promise<{ readonly json: Json; readonly finished: Finished }> {
  const finished = await run(args, options.input === undefined ? {} : { input: options.input });
  expect([finished.code, finished.stdout.split('\n').length], finished.stderr).toEqual([options.code ?? 0, 2]);
  return { json: JSON.parse(finished.stdout), finished };
}
