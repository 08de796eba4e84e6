import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import type { Chunk } from '../../conformance/dialect.js';

const captures = new URL('../../../../shared/captures/', import.meta.url);

/** Why real captures cannot be followed here, or null. */
export const noCaptures: string | null = !existsSync(captures)
  ? '../shared/captures is not there'
  : !hasTshark()
    ? 'tshark is not installed'
    : null;

function hasTshark(): boolean {
  try {
    execFileSync('tshark', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export interface CaptureRow {
  readonly file: string;
  readonly categories: readonly string[];
  readonly hellos: readonly { readonly frame: number; readonly transport: string }[];
}

export function captureRows(): CaptureRow[] {
  const lines = readFileSync(new URL('expected.jsonl', captures), 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as CaptureRow);
}

/** The connections that hold the hellos of a capture, as tshark puts them together: what each side sent, in order. */
export function conversations(row: CaptureRow): Chunk[][] {
  const path = new URL(`tls/${row.file}`, captures).pathname;
  const tshark = (...args: string[]) =>
    execFileSync('tshark', ['-r', path, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 1 << 28,
    });
  const frames = row.hellos.filter(({ transport }) => transport === 'tcp').map(({ frame }) => `frame.number==${frame}`);
  const streams = tshark('-Y', frames.join('||'), '-T', 'fields', '-e', 'tcp.stream').match(/\d+/g) ?? [];
  return [...new Set(streams)].map((stream) => readFollow(tshark('-q', '-z', `follow,tcp,raw,${stream}`)));
}

/** tshark's own layout: hex lines, the answering side's behind a tab, between two ruled lines. */
function readFollow(text: string): Chunk[] {
  return text
    .split('\n')
    .filter((line) => /^\t?(?:[0-9a-f]{2})+$/.test(line))
    .map((line) => ({ side: line.startsWith('\t') ? 'server' : 'client', bytes: Buffer.from(line.trim(), 'hex') }));
}
