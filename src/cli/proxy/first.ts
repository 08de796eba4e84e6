import { formatProblem, type ProxyConfiguration } from '../../config/index.js';
import type { NoticeLines } from '../../login/index.js';
import type { BoundListener } from '../../proxy/index.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { problemsOf } from '../problems.js';
import { say } from '../say.js';
import { dropPrivileges } from './privileges.js';
import { addressText } from './running-proxy.js';
import { onSignals } from './signals.js';
import { WorkerFailure, Workers } from './workers.js';

/** The first of several processes: it binds the ports for all, and looks after them. @returns when all have ended, or none is left */
export async function runFirst(
  configuration: ProxyConfiguration,
  readAgain: () => ProxyConfiguration,
  notices: NoticeLines,
): Promise<ExitCode> {
  const { workers: count, user, group } = configuration.runtime;
  const workers = new Workers(notices);
  let bound: readonly BoundListener[];
  try {
    bound = await workers.start(count);
    if (user !== null) dropPrivileges({ user, group });
  } catch (error) {
    for (const text of problemsOf(error)) say(text);
    if (!(error instanceof WorkerFailure)) await workers.stop();
    return error instanceof WorkerFailure ? error.code : EXIT.failed;
  }
  const stopped = new Promise<undefined>((resolve) => {
    onSignals({
      reload: () => {
        // A file that cannot be used is told of once, not by each of them.
        try {
          for (const warning of readAgain().warnings) notices.warn(formatProblem(warning));
          workers.reload();
        } catch (error) {
          for (const text of problemsOf(error)) notices.warn(`the configuration stays as it was: ${text}`);
        }
      },
      stop: () => {
        void workers.stop().then(() => resolve(undefined));
        notices.info('stopping when sessions have ended');
      },
      kill: () => {
        workers.kill();
        process.exit(EXIT.terminated);
      },
    });
  });
  notices.info('listening', { addresses: bound.map(addressText), workers: count });
  const lost = await Promise.race([stopped, workers.lost]);
  if (lost === undefined) return EXIT.done;
  notices.warn('no process is left, and none can begin', { error: lost });
  return lost.code;
}
