import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openStore } from '../../../src/store/index.js';
import { temporaryFolder } from './folder.js';

const script = (name: string) => fileURLToPath(new URL(name, import.meta.url));

type Recorder = ChildProcessByStdio<null, Readable, Readable>;

function startRecorder(path: string, from: number, size: number, batches: number): Recorder {
  return start('recorder.ts', path, from, size, batches);
}

function start(name: string, ...parameters: (string | number)[]): Recorder {
  const child = spawn(process.execPath, ['--import', 'tsx', script(name), ...parameters.map(String)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** Lines the process wrote before it ended; `stopAfter` lines end it with SIGKILL, at whatever it is doing then. */
async function linesOf(child: Recorder, stopAfter = Number.POSITIVE_INFINITY): Promise<string[]> {
  const lines: string[] = [];
  const complaints: string[] = [];
  child.stderr.on('data', (text) => complaints.push(String(text)));
  const ended = once(child, 'close');
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (lines.length === stopAfter) child.kill('SIGKILL');
  }
  const [code] = await ended;
  expect(complaints.join('')).toBe('');
  if (stopAfter === Number.POSITIVE_INFINITY) expect(code).toBe(0);
  return lines;
}

function integrity(path: string): unknown {
  const raw = new Database(path);
  try {
    return raw.pragma('integrity_check', { simple: true });
  } finally {
    raw.close();
  }
}

describe('several processes and one database', () => {
  it('can make it, seed it and record into it at once; every row is there once', async () => {
    const path = join(temporaryFolder(), 'made', 'by', 'all.db');
    // 0 to 6,000; 3,000 to 9,000; 6,000 to 12,000: half of each overlaps with its neighbours.
    const all = await Promise.all([0, 3_000, 6_000].map((from) => linesOf(startRecorder(path, from, 1_000, 6))));
    const added = all.map((lines) => Number(lines.at(-1)?.replace('added ', '')));
    expect(added.reduce((sum, count) => sum + count, 0)).toBe(12_000);
    const store = await openStore(path, { create: false });
    // A hundred shapes, and what a policy heard of another.
    expect(store.counts()).toEqual({ fingerprints: 101, labels: 1, observations: 12_000, logins: 0 });
    store.close();
    expect(integrity(path)).toBe('ok');
  });

  it('lets one read while another writes', async () => {
    const path = join(temporaryFolder(), 'sensor.db');
    const writer = startRecorder(path, 0, 500, 20);
    const seen: number[] = [];
    const lines: string[] = [];
    for await (const line of createInterface({ input: writer.stdout })) {
      lines.push(line);
      const reader = await openStore(path, { create: false, readOnly: true });
      expect(reader.labels.all()).toHaveLength(1);
      seen.push(reader.counts().observations);
      reader.close();
      if (!line.startsWith('added')) expect(seen.at(-1)).toBeGreaterThanOrEqual(Number(line));
    }
    expect(lines.at(-1)).toBe('added 10000');
    expect(seen.at(-1)).toBe(10_000);
  });
});

// Every round starts a process; the longer loop is for the machine that has the time.
const ROUNDS = process.env.CI === 'true' ? 50 : 6;

describe('kill -9', () => {
  it(`takes nothing that was acknowledged, ${ROUNDS} times in a row on one database`, {
    timeout: 600_000,
  }, async () => {
    const path = join(temporaryFolder(), 'sensor.db');
    const size = 300;
    let from = 0;
    let least = 0;
    let leastHeard = 0;
    for (let round = 0; round < ROUNDS; round++) {
      // Killed after another number of batches every time, with the next batch under way.
      const lines = await linesOf(startRecorder(path, from, size, 0), 1 + ((round * 7) % 11));
      least += Number(lines.at(-1));
      leastHeard += lines.length * 20;
      // Rows handed in but not acknowledged may be there or not: the next round starts far behind them.
      from += 1_000_000;
      const store = await openStore(path, { create: false });
      const { observations, labels } = store.counts();
      const { heard } = store.policy.counts();
      expect([...store.policy.heard(0)]).toHaveLength(heard);
      store.close();
      expect(labels).toBe(1);
      expect(heard).toBeGreaterThanOrEqual(leastHeard);
      expect(heard % 20).toBe(0);
      expect(observations).toBeGreaterThanOrEqual(least);
      // A batch is there as a whole or not at all.
      expect(observations % size).toBe(0);
      least = observations;
      leastHeard = heard;
    }
    expect(least).toBeGreaterThan(0);
    expect(integrity(path)).toBe('ok');
  });

  it(`leaves of an import all or nothing, ${ROUNDS} times in a row on one database`, { timeout: 600_000 }, async () => {
    const path = join(temporaryFolder(), 'sensor.db');
    let files = 0;
    for (let round = 0; round < ROUNDS; round++) {
      // Killed with an import under way, after none, one or two that were acknowledged.
      const lines = await linesOf(start('importer.ts', path, files), 1 + (round % 3));
      const acknowledged = files + lines.length - 1;
      const store = await openStore(path, { create: false });
      const { observations, labels, logins } = store.counts();
      store.close();
      expect(labels).toBeGreaterThanOrEqual(acknowledged);
      expect(observations).toBe(labels * 12_000);
      expect(logins).toBe(labels);
      files = labels;
    }
    expect(files).toBeGreaterThan(0);
    expect(integrity(path)).toBe('ok');
  });
});

describe('several processes and one key', () => {
  it('make it once: what each of them records the others know again', async () => {
    for (let round = 0; round < 3; round++) {
      const path = join(temporaryFolder(), 'sensor.db');
      const all = await Promise.all([0, 0, 0].map((from) => linesOf(startRecorder(path, from, 100, 3))));
      const added = all.map((lines) => Number(lines.at(-1)?.replace('added ', '')));
      expect(added.reduce((sum, count) => sum + count, 0)).toBe(300);
      expect(readdirSync(join(path, '..')).sort()).toEqual(['sensor.db', 'sensor.db.key']);
    }
  });
});
