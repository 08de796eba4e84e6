import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** How the real command is started from its sources. */
export const COMMAND: readonly string[] = [
  process.execPath,
  '--import',
  'tsx',
  '--import',
  new URL('tsx-in-workers.mjs', import.meta.url).href,
  fileURLToPath(new URL('src/cli/main.ts', new URL('../../', import.meta.url))),
];

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly finished: Promise<Finished>;
  /** Resolves once standard output holds `text`; rejects where the process ends without it. */
  readonly printed: (text: string) => Promise<void>;
}

/** Starts the command. Its home is a folder that does not exist, so that no database of whoever runs the tests is seen. */
export function start(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Running {
  const { FORCE_COLOR: _, ...inherited } = process.env;
  const child = spawn(COMMAND[0]!, [...COMMAND.slice(1), ...args], {
    cwd: ROOT,
    env: { ...inherited, XDG_DATA_HOME: '/nonexistent', ...environment },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  // The command may end before it has read all it is given.
  child.stdin.on('error', () => {});
  const finished = new Promise<Finished>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  const printed = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (stdout.includes(text)) resolve();
      };
      child.stdout.on('data', look);
      child.on('close', () => reject(new Error(`ended without ${text}: ${stdout}${stderr}`)));
      look();
    });
  return { child, finished, printed };
}

/** Runs the command to its end on this standard input. */
export async function run(
  args: readonly string[],
  { input = new Uint8Array(), environment = {} }: { input?: Uint8Array; environment?: NodeJS.ProcessEnv } = {},
): Promise<Finished> {
  const running = start(args, environment);
  running.child.stdin.end(input);
  return running.finished;
}
