import cluster from 'node:cluster';
import { once } from 'node:events';
import type { ProxyConfiguration } from '../../config/index.js';
import type { NoticeLines } from '../../login/index.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import type { FromWorker, ToWorker } from './messages.js';
import { dropPrivileges } from './privileges.js';
import { problemsOf, RunningProxy } from './running-proxy.js';
import { ignoreSignals } from './signals.js';

export const isWorker = (): boolean => cluster.isWorker;

/** The process that was started, which may be this one. */
export const firstProcess = (): number => (cluster.isWorker ? process.ppid : process.pid);

/** One of several processes. It does what the first one tells it, and ends with it. */
export async function runWorker(
  configuration: ProxyConfiguration,
  readAgain: () => ProxyConfiguration,
  notices: NoticeLines,
): Promise<ExitCode> {
  ignoreSignals();
  const [{ ticketKeys }] = (await once(process, 'message')) as [Extract<ToWorker, { type: 'start' }>];
  const { user, group } = configuration.runtime;
  let running: RunningProxy;
  try {
    // The first process binds the ports; one that replaces another has been begun by whom that has become.
    if (user !== null && process.geteuid?.() === 0) dropPrivileges({ user, group });
    running = await RunningProxy.start({
      configuration,
      readAgain,
      notices,
      ticketKeys: Buffer.from(ticketKeys, 'base64'),
      onBound: () => {},
    });
  } catch (error) {
    await tell({ type: 'failed', message: problemsOf(error).join('; '), code: EXIT.failed });
    return EXIT.failed;
  }
  const stopped = new Promise<void>((resolve) => {
    process.on('message', (message: ToWorker) => {
      if (message.type === 'reload') void running.reload();
      else if (message.type === 'stop') void running.stop().then(resolve);
    });
  });
  await tell({ type: 'listening', bound: running.bound });
  await stopped;
  return EXIT.done;
}

function tell(message: FromWorker): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) resolve();
    else process.send(message, () => resolve());
  });
}
