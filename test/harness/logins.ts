import { readFileSync } from 'node:fs';
import { SensorError } from '../../src/errors.js';
import { LineReader, type LogOptions, LogReader } from '../../src/login/index.js';
import type { LoginEvent } from '../../src/model/index.js';

/** After the samples were made, and before their next anniversary. */
const LATEST = Date.UTC(2026, 11, 1) / 1000;

/** The samples were written where the clock is UTC. */
export const utc = (...[year, month, ...rest]: [number, number, number, number, number, number]): number =>
  Date.UTC(year, month - 1, ...rest) / 1000;

export const options = (more: Partial<LogOptions> = {}): LogOptions => ({
  latest: () => LATEST,
  wallClock: utc,
  ...more,
});

/** Reads a log in the pieces it comes in. */
export function readLog(chunks: Iterable<Uint8Array>, more: Partial<LogOptions> = {}): (LoginEvent | SensorError)[] {
  const reader = new LogReader(options(more));
  const found: (LoginEvent | SensorError)[] = [];
  for (const chunk of chunks) found.push(...reader.push(chunk));
  found.push(...reader.end());
  return found;
}

/** Reads a log that has logins only. */
export function loginsOf(chunks: Iterable<Uint8Array>, more: Partial<LogOptions> = {}): LoginEvent[] {
  return readLog(chunks, more).map((each) => {
    if (each instanceof SensorError) throw each;
    return each;
  });
}

export const sampleLog = (name: string): Buffer =>
  readFileSync(new URL(`../../samples/logs/${name}.log`, import.meta.url));

/** Reads one line that must be a login. */
export function loginOf(line: string, more: Partial<LogOptions> = {}): LoginEvent {
  const login = new LineReader(options(more)).read(line);
  if (login === null) throw new Error(`no login: ${line}`);
  if (login instanceof SensorError) throw login;
  return login;
}
