import type { ProxyConfiguration } from '../../config/index.js';
import type { NoticeLines } from '../../login/index.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { problemsOf } from '../problems.js';
import { say } from '../say.js';
import { dropPrivileges } from './privileges.js';
import { addressText, RunningProxy } from './running-proxy.js';
import { onSignals } from './signals.js';

/** The proxy in one process. @returns when it has been told to end, and all sessions have */
export async function runAlone(
  configuration: ProxyConfiguration,
  readAgain: () => ProxyConfiguration,
  notices: NoticeLines,
): Promise<ExitCode> {
  const { user, group } = configuration.runtime;
  const drop = () => {
    if (user !== null) dropPrivileges({ user, group });
  };
  let running: RunningProxy;
  try {
    running = await RunningProxy.start({ configuration, readAgain, notices, ticketKeys: null, onBound: drop });
  } catch (error) {
    for (const text of problemsOf(error)) say(text);
    return EXIT.failed;
  }
  const stopped = new Promise<void>((resolve) => {
    onSignals({
      reload: () => void running.reload(),
      stop: () => {
        void running.stop().then(resolve);
        notices.info('stopping when sessions have ended');
      },
      kill: () => process.exit(EXIT.terminated),
    });
  });
  notices.info('listening', { addresses: running.bound.map(addressText) });
  await stopped;
  return EXIT.done;
}
