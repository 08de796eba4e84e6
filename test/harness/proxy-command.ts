import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { selfSignedCertificate } from '../../src/certs/index.js';
import { type Finished, type Running, start } from './command.js';
import { type LogLine, Notices } from './notices.js';

export type { LogLine };

/** A port of loopback that nothing listens on just now. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** The real command in front of an IMAP backend, with its login log in a file. It is killed and its folder removed when the test is over. */
export class ProxyCommand {
  readonly folder: string;
  readonly port: number;
  /** Of the login lines. */
  readonly log: string;
  readonly running: Running;
  readonly #told: Notices;

  private constructor(folder: string, port: number, log: string, running: Running) {
    this.folder = folder;
    this.port = port;
    this.log = log;
    this.running = running;
    this.#told = new Notices(running);
  }

  /** What it told its operator. */
  get notices(): readonly LogLine[] {
    return this.#told.lines;
  }

  /** @param more further keys of the configuration, from the folder its files are in @returns when it listens */
  static async start(
    backendPort: number,
    more: (folder: string) => Readonly<Record<string, unknown>> = () => ({}),
  ): Promise<ProxyCommand> {
    const folder = mkdtempSync(join(tmpdir(), 'ja3-sensor-proxy-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const { chain, key } = selfSignedCertificate('localhost', 2);
    writeFileSync(join(folder, 'tls.pem'), chain + key);
    chmodSync(join(folder, 'tls.pem'), 0o600);
    const port = await freePort();
    const configuration = {
      hostname: 'proxy.test',
      listeners: [{ protocol: 'imap', tls: 'implicit', listen: [`127.0.0.1:${port}`] }],
      certificates: [{ chain: 'tls.pem' }],
      backends: { imap: { hosts: `127.0.0.1:${backendPort}`, health: 'none' } },
      log: join(folder, 'login.log'),
      ...more(folder),
    };
    writeFileSync(join(folder, 'proxy.yaml'), JSON.stringify(configuration)); // which is YAML
    const running = start(['proxy', '--config', join(folder, 'proxy.yaml')]);
    onTestFinished(async () => {
      running.child.kill('SIGKILL');
      await running.finished;
    });
    const command = new ProxyCommand(folder, port, configuration.log, running);
    await command.notice(/^listening/);
    return command;
  }

  /** The first notice that fits, of those that come or, from the `from`th on, have come. */
  notice(message: RegExp, from = 0): Promise<LogLine> {
    return this.#told.find(message, from);
  }

  signal(signal: NodeJS.Signals): void {
    this.running.child.kill(signal);
  }

  end(): Promise<Finished> {
    this.signal('SIGTERM');
    return this.running.finished;
  }

  /** The processes it has begun. */
  get workers(): number[] {
    const pid = this.running.child.pid!;
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
  }

  /** Login lines that are whole. A line that was torn by a full disk is begun again. */
  logins(path: string = this.log): LogLine[] {
    if (!existsSync(path)) return [];
    return readFileSync(path, 'utf8')
      .split('\n')
      .flatMap((line) => {
        try {
          return [JSON.parse(line) as LogLine];
        } catch {
          return [];
        }
      });
  }
}
