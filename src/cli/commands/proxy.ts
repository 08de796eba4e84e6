import {
  ConfigurationError,
  formatProblem,
  type ProxyConfiguration,
  readProxyConfiguration,
  systemdSockets,
} from '../../config/index.js';
import { openNotices } from '../../login/index.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { runAlone } from '../proxy/alone.js';
import { runFirst } from '../proxy/first.js';
import { firstProcess, isWorker, runWorker } from '../proxy/worker.js';
import { writeError } from '../say.js';

/**
 * Runs a login proxy until it is told to end.
 *
 * @returns the exit code; every message has been printed
 */
export async function proxy(path: string, onlyCheck: boolean): Promise<ExitCode> {
  if (onlyCheck) return check(path);
  const notices = await openNotices({ target: 'stderr', plain: process.stderr.isTTY === true });
  // systemd's sockets belong to the first process; workers ask it for them by their numbers.
  const read = () => readProxyConfiguration(path, { fds: systemdSockets(process.env, firstProcess()) });
  const configuration = readOrTell(read);
  if (configuration === null) return EXIT.usage;
  if (isWorker()) return runWorker(configuration, read, notices);
  for (const warning of configuration.warnings) notices.warn(formatProblem(warning));
  return configuration.runtime.workers > 1
    ? runFirst(configuration, read, notices)
    : runAlone(configuration, read, notices);
}

function readOrTell(read: () => ProxyConfiguration): ProxyConfiguration | null {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    writeError(error.problems.map((problem) => `${formatProblem(problem)}\n`).join(''));
    return null;
  }
}

function check(path: string): ExitCode {
  const configuration = readOrTell(() => readProxyConfiguration(path, { machine: true }));
  if (configuration === null) return EXIT.usage;
  writeError(configuration.warnings.map((problem) => `${formatProblem(problem)}\n`).join(''));
  const { listeners, backends } = configuration.options;
  const counts = `${counted(listeners.length, 'address', 'addresses')}, ${counted(backends.size, 'backend', 'backends')}`;
  writeError(`${path}: can be used: ${counts}\n`);
  return EXIT.done;
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
