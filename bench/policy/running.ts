import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';

/** A server in a process of its own. */
export class Running {
  readonly #child: ChildProcess;
  /** Seconds from its start until it took a connection. */
  readonly startedAfter: number;

  private constructor(child: ChildProcess, startedAfter: number) {
    this.#child = child;
    this.startedAfter = startedAfter;
  }

  /** @param command program and arguments @throws Error where it ends before it listens */
  static async start([program, ...args]: readonly [string, ...string[]], port: number): Promise<Running> {
    const start = performance.now();
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    for (;;) {
      if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
      if (await takesConnections(port)) return new Running(child, (performance.now() - start) / 1000);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** User and system time of all its threads. */
  cpuSeconds(): number {
    const fields = readFileSync(`/proc/${this.#child.pid}/stat`, 'latin1').split(') ')[1]!.split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }

  residentMegabytes(): number {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, 'latin1');
    return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024);
  }

  /** By SIGTERM. @returns its exit code */
  async stop(): Promise<number | null> {
    if (this.#child.exitCode !== null) return this.#child.exitCode;
    this.#child.kill('SIGTERM');
    const [code] = (await once(this.#child, 'exit')) as [number | null];
    return code;
  }
}

async function takesConnections(port: number): Promise<boolean> {
  const socket = connect({ port, host: '127.0.0.1' });
  try {
    return await new Promise((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
  } finally {
    socket.destroy();
  }
}
