import cluster from 'node:cluster';
import type { ProxyConfiguration } from '../../config/index.js';
import type { NoticeLines } from '../../login/index.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { problemsOf } from '../problems.js';
import type { FromWorker, ToWorker } from './messages.js';
import { dropPrivileges } from './privileges.js';
import { RunningProxy } from './running-proxy.js';
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
  const { user, group } = configuration.runtime;
  let running: Promise<RunningProxy> | null = null;
  const ended = new Promise<ExitCode>((resolve) => {
    const begin = async (ticketKeys: Buffer): Promise<RunningProxy> => {
      // The first process binds the ports; one that replaces another has been begun by whom that has become.
      if (user !== null && process.geteuid?.() === 0) dropPrivileges({ user, group });
      const proxy = await RunningProxy.start({ configuration, readAgain, notices, ticketKeys, onBound: () => {} });
      await tell({ type: 'listening', bound: proxy.bound });
      return proxy;
    };
    const fail = async (error: unknown): Promise<void> => {
      await tell({ type: 'failed', message: problemsOf(error).join('; '), code: EXIT.failed });
      resolve(EXIT.failed);
    };
    process.on('message', (message: ToWorker) => {
      if (message.type === 'start') {
        running = begin(Buffer.from(message.ticketKeys, 'base64'));
        running.catch(fail);
      } else if (running === null) resolve(EXIT.done);
      else if (message.type === 'reload') running.then((proxy) => proxy.reload()).catch(() => {});
      else running.then((proxy) => proxy.stop()).then(() => resolve(EXIT.done), fail);
    });
  });
  await tell({ type: 'begun' });
  return ended;
}

function tell(message: FromWorker): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) resolve();
    else process.send(message, () => resolve());
  });
}
