import { writeSync } from 'node:fs';
import { escapeText } from '../report/index.js';

/** Times a full standard error is tried again, and how long each waits in milliseconds: lines for people are not worth hanging for. */
const TRIES = 200;
const WAIT = 5;

const sleeper = new Int32Array(new SharedArrayBuffer(4));

/** Writes text to standard error as it is. Where nobody reads it, it is lost, and that is no error. */
export function writeError(text: string): void {
  const bytes = Buffer.from(text, 'utf8');
  let at = 0;
  for (let tries = 0; at < bytes.length && tries < TRIES; ) {
    try {
      at += writeSync(2, bytes, at);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) return;
      tries++;
      Atomics.wait(sleeper, 0, 0, WAIT);
    }
  }
}

/** One line for people on standard error. What it quotes (file names, messages of the system) is escaped. */
export function say(line: string): void {
  writeError(`ja3-sensor: ${escapeText(line)}\n`);
}
