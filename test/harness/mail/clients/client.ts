import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Protocol } from '../../../../src/proxy/dialogue.js';

/** Where a client is to log in, and as whom. */
export interface Login {
  readonly protocol: Exclude<Protocol, 'smtp'>;
  readonly port: number;
  readonly tls: 'implicit' | 'starttls';
  readonly user: string;
  readonly password: string;
  /** PEM file of the authority the server's certificate is held against, where the client can. */
  readonly ca: string;
  /** The address to come from, where the client can choose; 127.0.0.1 otherwise. */
  readonly from?: string;
}

export interface LoggedIn {
  /** It logged in, did something that only a user who is in may do, and left. */
  readonly ok: boolean;
  /** The server said that user or password are wrong, and the client understood it as that. */
  readonly refused: boolean;
  readonly printed: string;
}

/** A mail program that logs in to localhost. */
export interface MailClient {
  readonly name: string;
  /** What it needs that is not here; empty where all is. */
  readonly missing: string;
  /** What it can do. */
  readonly speaks: Readonly<Partial<Record<Login['protocol'], readonly Login['tls'][]>>>;
  /** It can choose the address it comes from. */
  readonly choosesAddress: boolean;
  login(where: Login): Promise<LoggedIn>;
}

export const EITHER = ['implicit', 'starttls'] as const;

/** Longer than any login takes; shorter than a test may. */
const PATIENCE = 30_000;

export interface Ran {
  readonly code: number | null;
  readonly printed: string;
}

/** Runs a program to its end. Both outputs are `printed`. One that does not come to its end is killed, which is code null. */
export async function run(
  program: string,
  args: readonly string[],
  input = '',
  env: NodeJS.ProcessEnv = {},
): Promise<Ran> {
  const child = spawn(program, args, { env: { ...process.env, LC_ALL: 'C', ...env } });
  const ended = once(child, 'close') as Promise<[number | null]>;
  const output = collect(child);
  const hard = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
  child.stdin.on('error', () => {}); // it may end without reading
  child.stdin.end(input);
  const [code] = await ended.finally(() => clearTimeout(hard));
  return { code, printed: output.text() };
}

/** What a program prints, and who waits for something in it. */
interface Output {
  readonly text: () => string;
  /** Resolves once there is something that fits behind what was waited for before; with null where the program ends without it. */
  readonly next: (pattern: RegExp) => Promise<string | null>;
}

function collect(child: ChildProcess): Output {
  let text = '';
  let seen = 0;
  let ended = false;
  let look = () => {};
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk;
      look();
    });
  }
  child.on('close', () => {
    ended = true;
    look();
  });
  return {
    text: () => text,
    next: (pattern) =>
      new Promise((resolve) => {
        look = () => {
          const found = pattern.exec(text.slice(seen));
          if (found) seen += found.index + found[0].length;
          if (found || ended) resolve(found?.[0] ?? null);
        };
        look();
      }),
  };
}

/** A program that is talked to: waits for something, says something. */
export interface Talk {
  /** What fits, once it is printed behind what was waited for before; null where the program ends without it. */
  hears(pattern: RegExp): Promise<string | null>;
  says(text: string): void;
  /** Ends its input, and waits for its end. */
  end(): Promise<Ran>;
}

export function talk(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Talk {
  const child = spawn(program, args, { env: { ...process.env, LC_ALL: 'C', ...env } });
  const closed = once(child, 'close') as Promise<[number | null]>;
  const output = collect(child);
  const hard = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
  child.stdin.on('error', () => {});
  child.on('close', () => clearTimeout(hard));
  return {
    hears: output.next,
    says: (text) => void child.stdin.write(text),
    end: async () => {
      child.stdin.end();
      const [code] = await closed;
      return { code, printed: output.text() };
    },
  };
}
