import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { selfSigned } from '../tls-servers.js';

/** A server that was started for a test. */
export interface Running {
  /** Everything its log says so far. */
  readonly log: () => string;
  /** Ends its processes and removes its folder. */
  readonly stop: () => Promise<void>;
}

/** How long anything may take that is waited for; a test's own limit is longer. */
const PATIENCE = 10_000;

/** What is left to do where a test process ends without stopping its servers: processes first, then folders. */
const left = { processes: new Set<Foreground>(), folders: new Set<Folder>() };
process.once('exit', () => {
  for (const { child } of left.processes) killGroup(child);
  for (const folder of left.folders) folder.remove();
});

/** A folder of its own for one server, which the server's other users can enter. */
export class Folder {
  readonly path: string;

  constructor(parent: string = tmpdir()) {
    this.path = mkdtempSync(join(parent, 'ja3-sensor-mail-'));
    chmodSync(this.path, 0o755);
    left.folders.add(this);
  }

  /** The path of a name in it. */
  at(name: string): string {
    return join(this.path, name);
  }

  write(name: string, text: string | Buffer, mode = 0o644): string {
    writeFileSync(this.at(name), text);
    chmodSync(this.at(name), mode); // writeFileSync's own mode is cut by the umask
    return this.at(name);
  }

  /** What a file says; empty while there is none. */
  read(name: string): string {
    try {
      return readFileSync(this.at(name), 'utf8');
    } catch {
      return '';
    }
  }

  remove(): void {
    left.folders.delete(this);
    rmSync(this.path, { recursive: true, force: true, maxRetries: 5 });
  }
}

export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
}

/** A certificate for localhost, signed with itself, and its key, as files. */
export function certificateIn(folder: Folder, keyMode = 0o600): CertificateFiles {
  const { cert, key } = selfSigned('localhost');
  return { cert: folder.write('cert.pem', cert), key: folder.write('key.pem', key, keyMode) };
}

let nextPort = 10_000 + (process.pid % 190) * 100;

/**
 * Ports of 127.0.0.1 that nothing listens on. Below those the system hands out by itself, and each test process begins in a hundred of its own: between here and the
 * server's start nobody else takes them.
 */
export async function freePorts<Name extends string>(...names: readonly Name[]): Promise<Record<Name, number>> {
  const ports: Partial<Record<Name, number>> = {};
  for (const name of names) {
    let port: number;
    do {
      nextPort = nextPort >= 29_999 ? 10_000 : nextPort + 1;
      port = nextPort; // others may take the next while this one is tried
    } while (!(await isFree(port)));
    ports[name] = port;
  }
  return ports as Record<Name, number>;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}

/** Waits until something is so, and asks every 20 ms. @throws with what the servers said, where it never is */
export async function eventually<T>(
  what: string,
  ask: () => T | Promise<T>,
  said: () => string = () => '',
): Promise<NonNullable<T>> {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`${what}: never happened\n${said()}`);
    await pause(20);
  }
}

/** Waits until a port takes connections. */
export async function listening(port: number, said: () => string): Promise<void> {
  await eventually(
    `a server on port ${port}`,
    async () => {
      const socket = connect(port, '127.0.0.1');
      try {
        await once(socket, 'connect');
        return true;
      } catch {
        return false;
      } finally {
        socket.destroy();
      }
    },
    said,
  );
}

/** A program that stays in the foreground. */
export interface Foreground {
  readonly child: ChildProcess;
  /** Both outputs so far. */
  readonly printed: () => string;
  /** SIGTERM, and after a second SIGKILL to it and its children: nothing of theirs is kept. */
  readonly stop: () => Promise<void>;
}

export function foreground(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Foreground {
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    detached: true, // a process group of its own
  });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk));
  child.stderr.on('data', (chunk: Buffer) => (printed += chunk));
  child.on('error', (error) => (printed += error.message));
  const running: Foreground = {
    child,
    printed: () => printed,
    stop: async () => {
      left.processes.delete(running);
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      const hard = setTimeout(() => killGroup(child), 1000);
      await ended;
      clearTimeout(hard);
    },
  };
  left.processes.add(running);
  return running;
}

function killGroup({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, 'SIGKILL');
}

/** What is read from a line of a log: the last line that fits. */
export function lastLine(log: string, pattern: RegExp): string | undefined {
  return log
    .split('\n')
    .filter((line) => pattern.test(line))
    .at(-1);
}
