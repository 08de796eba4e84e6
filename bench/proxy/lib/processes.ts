import { type ChildProcess, execFileSync, fork, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export interface Running {
  readonly port: number;
  readonly pid: number;
  ask(question: 'cpu' | 'rss' | 'logins'): Promise<number>;
}

export const haproxyIsThere = spawnSync('haproxy', ['-v']).status === 0;

/** The programs of a measurement, and a folder for them. Ends what it started. */
export class Processes {
  readonly folder = mkdtempSync(join(tmpdir(), 'ja3-sensor-bench-'));
  readonly #children: ChildProcess[] = [];

  async build(): Promise<void> {
    const sources = ['proxy-server', 'backend-server', 'flood'];
    await build({
      entryPoints: sources.map((name) => fileURLToPath(new URL(`${name}.ts`, import.meta.url))),
      outdir: this.folder,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      format: 'esm',
      platform: 'node',
      logLevel: 'error',
    });
  }

  /** A key and a certificate beside the programs. */
  makeCertificate(): void {
    const names = ['-keyout', join(this.folder, 'key.pem'), '-out', join(this.folder, 'cert.pem')];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...names, '-subj', '/CN=localhost'], {
      stdio: 'ignore',
    });
  }

  /** @param kind `ja3-sensor` or `pipe` */
  proxy(kind: string, target: number): Promise<Running> {
    return this.#fork('proxy-server', [kind, String(target)], ['--expose-gc']);
  }

  backend(kind: string, argument = ''): Promise<Running> {
    return this.#fork('backend-server', [kind, argument], []);
  }

  /** HAProxy in TCP mode, with one thread like the others. */
  async haproxy(target: number): Promise<Running> {
    const port = await freePort();
    const file = join(this.folder, `haproxy-${port}.cfg`);
    writeFileSync(
      file,
      [
        'global\n  nbthread 1\n  maxconn 9500',
        'defaults\n  mode tcp\n  timeout connect 5s\n  timeout client 1h\n  timeout server 1h',
        `listen bench\n  bind 127.0.0.1:${port}\n  server backend 127.0.0.1:${target}\n`,
      ].join('\n'),
    );
    const child = spawn('haproxy', ['-f', file], { stdio: 'ignore' });
    this.#children.push(child);
    while (!(await takes(port))) if (child.exitCode !== null) throw new Error('haproxy would not start');
    return { port, pid: child.pid!, ask: (question) => Promise.resolve(fromProc(child.pid!, question)) };
  }

  /** Runs `flood.mjs` until it is told to end. */
  async flood(kind: string, port: number): Promise<{ stop: () => Promise<number> }> {
    const child = fork(join(this.folder, 'flood.mjs'), [kind, String(port)]);
    this.#children.push(child);
    await once(child, 'message');
    return {
      stop: async () => {
        const count = once(child, 'message') as Promise<[number]>;
        child.send('stop');
        return (await count)[0];
      },
    };
  }

  async #fork(name: string, args: string[], execArgv: string[]): Promise<Running> {
    const child = fork(join(this.folder, `${name}.mjs`), args, { execArgv });
    this.#children.push(child);
    const [port] = (await once(child, 'message')) as [number];
    const ask = async (question: string) => {
      const answer = once(child, 'message') as Promise<[number]>;
      child.send(question);
      return (await answer)[0];
    };
    return { port, pid: child.pid!, ask };
  }

  end(): void {
    for (const child of this.#children) child.kill();
    rmSync(this.folder, { recursive: true });
  }
}

/** As a child of ours would answer. */
function fromProc(pid: number, question: string): number {
  if (question === 'rss') return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * 1024;
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  // proc(5): utime and stime, in ticks of 10 ms.
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function takes(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const answer = (yes: boolean) => {
      socket.destroy();
      setTimeout(resolve, 10, yes);
    };
    socket.once('connect', () => answer(true)).once('error', () => answer(false));
  });
}
