import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Finished, type Running, start } from './command.js';
import { type LogLine, Notices } from './notices.js';

/** A folder that goes when the test is over. */
export function policyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ja3-sensor-policy-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

export type PolicyYaml = Readonly<Record<string, unknown>>;

/** @returns the file's path */
export function writePolicy(folder: string, configuration: PolicyYaml): string {
  const path = join(folder, 'policy.yaml');
  writeFileSync(path, JSON.stringify({ listen: '127.0.0.1:0', ...configuration })); // which is YAML
  return path;
}

/** A login as a mail server tells of it. */
export interface AskedLogin {
  readonly user: string;
  readonly ja3: string;
  readonly session: string;
  /** Whether the password is right. */
  readonly good: boolean;
  readonly ip?: string;
}

/** The real policy server. It is killed when the test is over. */
export class PolicyCommand {
  readonly running: Running;
  readonly #told: Notices;
  #url = '';

  private constructor(path: string) {
    this.running = start(['policy', '--config', path]);
    this.#told = new Notices(this.running);
  }

  /** @returns when it listens */
  static async start(path: string): Promise<PolicyCommand> {
    const command = new PolicyCommand(path);
    onTestFinished(async () => {
      command.running.child.kill('SIGKILL');
      await command.running.finished;
    });
    const { addresses } = await command.notice(/^listening$/);
    command.#url = `http://${(addresses as string[])[0]}`;
    return command;
  }

  get notices(): readonly LogLine[] {
    return this.#told.lines;
  }

  notice(message: RegExp, from = 0): Promise<LogLine> {
    return this.#told.find(message, from);
  }

  async post(command: string, body: unknown): Promise<{ readonly status: number; readonly msg: string }> {
    const response = await fetch(`${this.#url}/?command=${command}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return (await response.json()) as { status: number; msg: string };
  }

  /** Asks before, asks after where the password is right, and reports, as Dovecot does. @returns the answer to the first question */
  async login({ user, ja3, session, good, ip = '192.0.2.7' }: AskedLogin) {
    const asked = { login: user, remote: ip, protocol: 'imap', session_id: session, fail_type: '', attrs: { ja3 } };
    const answer = await this.post('allow', { ...asked, tls: true });
    const refused = answer.status < 0;
    if (good && !refused) await this.post('allow', { ...asked, tls: true });
    const fail_type = refused ? 'policy' : good ? '' : 'credentials';
    await this.post('report', { ...asked, fail_type, success: good && !refused, policy_reject: refused, tls: true });
    return answer;
  }

  signal(signal: NodeJS.Signals): void {
    this.running.child.kill(signal);
  }

  end(): Promise<Finished> {
    this.signal('SIGTERM');
    return this.running.finished;
  }
}
