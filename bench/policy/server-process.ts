import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';

/** Processor seconds, user and system. */
export interface Cpu {
  readonly all: number;
  readonly main: number;
  /** The thread that has used most beside the main thread. Of a policy with a database that is the one that writes. */
  readonly writer: number;
}

/** Ticks of a second in /proc (USER_HZ). */
const TICKS = 100;

/** One processor for the server, the other for whoever asks. Where there is one only, they share it. */
export const IS_PINNED = availableParallelism() > 1;
const SERVER_CPU = '0';
export const LOAD_CPU = '1';

/** A policy server as a process of its own, on one processor with all its threads. */
export class ServerProcess {
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  readonly #started = performance.now();
  #exit: number | null = null;

  /** @param args of node */
  constructor(args: readonly string[]) {
    const command = [process.execPath, ...args];
    const [program, ...rest] = IS_PINNED ? ['taskset', '-c', SERVER_CPU, ...command] : command;
    this.#child = spawn(program!, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#child.stdout!, this.#child.stderr!]) {
      createInterface({ input: stream }).on('line', (line) => this.#lines.push(line));
    }
    this.#child.once('exit', (code) => {
      this.#exit = code ?? -1;
    });
  }

  /** What it has printed. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** @returns seconds from its start to a line with this text. @throws Error where it ends before */
  async printed(text: string): Promise<number> {
    while (!this.#lines.some((line) => line.includes(text))) {
      if (this.#exit !== null) throw new Error(`the server ended with ${this.#exit}: ${this.#lines.join('\n')}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return (performance.now() - this.#started) / 1000;
  }

  cpu(): Cpu {
    const pid = this.#child.pid!;
    const threads = new Map(
      readdirSync(`/proc/${pid}/task`).map((id) => [Number(id), ticks(`/proc/${pid}/task/${id}`)]),
    );
    const main = threads.get(pid) ?? 0;
    threads.delete(pid);
    return { all: ticks(`/proc/${pid}`), main, writer: Math.max(0, ...threads.values()) };
  }

  /** Bytes. */
  resident(): number {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, 'latin1');
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024;
  }

  /** @throws Error where it does not end as it should */
  async stop(): Promise<void> {
    if (this.#exit === null) {
      this.#child.kill('SIGTERM');
      await once(this.#child, 'exit');
    }
    if (this.#exit !== 0) throw new Error(`the server ended with ${this.#exit}: ${this.#lines.join('\n')}`);
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}

function ticks(folder: string): number {
  const fields = readFileSync(`${folder}/stat`, 'latin1').split(') ').at(-1)!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}
