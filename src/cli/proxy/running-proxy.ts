import { ConfigurationError, formatProblem, type ProxyConfiguration, type ProxyRuntime } from '../../config/index.js';
import { clientName, type LoginLines, type NoticeLines } from '../../login/index.js';
import type { ClientHello, Recognition } from '../../model/index.js';
import { PolicyClient } from '../../policy/index.js';
import { type BoundListener, LoginProxy } from '../../proxy/index.js';
import { readLabels, shippedLabels } from '../label-source.js';
import { Recording } from '../recording/recording.js';
import { Late } from './late.js';
import { openLogs } from './login-logs.js';
import { helloRecognizer } from './names.js';

export interface RunningProxyOptions {
  readonly configuration: ProxyConfiguration;
  /** Reads the file again. @throws ConfigurationError */
  readonly readAgain: () => ProxyConfiguration;
  readonly notices: NoticeLines;
  /** What all processes of one proxy seal TLS sessions with; null: a process by itself. */
  readonly ticketKeys: Buffer | null;
  /** Called when all ports are bound, before any file is opened. */
  readonly onBound: () => void;
}

/** A proxy in this process, with its log, its database and its names. */
export class RunningProxy {
  readonly bound: readonly BoundListener[];
  readonly #proxy: LoginProxy;
  readonly #options: RunningProxyOptions;
  readonly #log: LoginLines;
  readonly #recording: Recording | null;
  readonly #policy: PolicyClient | null;
  #stopping: Promise<void> | null = null;

  private constructor(
    options: RunningProxyOptions,
    proxy: LoginProxy,
    bound: readonly BoundListener[],
    log: LoginLines,
    recording: Recording | null,
    policy: PolicyClient | null,
  ) {
    this.#options = options;
    this.#proxy = proxy;
    this.bound = bound;
    this.#log = log;
    this.#recording = recording;
    this.#policy = policy;
  }

  /** @throws the system's error where an address cannot be bound, SensorError where the log cannot be written, the database not be read, or TLS not be set up */
  static async start(options: RunningProxyOptions): Promise<RunningProxy> {
    const { configuration, notices, ticketKeys, onBound } = options;
    const { runtime } = configuration;
    const recognize = await recognizer(runtime, notices);
    const log = new Late<LoginLines>();
    const recording = new Late<Recording>();
    const policy =
      runtime.policy === null
        ? null
        : new PolicyClient(runtime.policy, { notices, clientName, now: () => performance.now() });
    const records = runtime.database?.record === true;
    const proxy = new LoginProxy(
      configuration.options,
      {
        log: {
          write: (login) => log.run((lines) => lines.write(login)),
          get failing() {
            return log.target?.failing ?? false;
          },
        },
        recorder: records
          ? {
              login: (login) => recording.run((target) => target.login(login)),
              observation: (row) => recording.run((target) => target.observation(row)),
              get failing() {
                return recording.target?.failing ?? false;
              },
            }
          : null,
        recognize,
        notices,
        ...(policy !== null && { policy }),
      },
      ticketKeys === null ? {} : { ticketKeys },
    );
    const bound = await proxy.listen();
    onBound();
    const lines = await openLogs(configuration, notices);
    log.open(lines);
    if (records) {
      recording.open(new Recording({ database: runtime.database!.path, users: 'hmac', prune: true }, notices));
    }
    return new RunningProxy(options, proxy, bound, lines, recording.target, policy);
  }

  /** Reads the configuration again and goes by it from now on; where it cannot be used, the one that is there stays. The log file is opened by its name again. */
  async reload(): Promise<void> {
    const { notices } = this.#options;
    try {
      const { options, runtime, warnings } = this.#options.readAgain();
      for (const warning of warnings) notices.warn(formatProblem(warning));
      const kept = differing(runtime, this.#options.configuration.runtime);
      if (kept.length > 0) notices.warn('what has changed for the process itself needs a restart', { kept });
      const added = await this.#proxy.reload(options);
      this.#log.reopen();
      notices.reopen();
      notices.info('the configuration was read again', added.length === 0 ? {} : { new: added.map(addressText) });
    } catch (error) {
      for (const text of problemsOf(error)) notices.warn(`the configuration stays as it was: ${text}`);
    }
  }

  /** Takes no more connections, waits for sessions to end, and writes what is left. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    await this.#proxy.close();
    await this.#policy?.close();
    const dropped = (await this.#recording?.close()) ?? 0;
    const lost = this.#log.close();
    if (dropped + lost > 0) this.#options.notices.warn('logins were not recorded', { database: dropped, log: lost });
  }
}

/** Which settings of the process are not what it was started with. */
function differing(now: ProxyRuntime, started: ProxyRuntime): readonly string[] {
  return (Object.keys(now) as (keyof ProxyRuntime)[]).filter(
    (key) => JSON.stringify(now[key]) !== JSON.stringify(started[key]),
  );
}

/** For notices: `imaps 0.0.0.0:993`. */
export function addressText({ name, address }: BoundListener): string {
  if (address === null) return name;
  return `${name} ${address.ip.includes(':') ? `[${address.ip}]` : address.ip}:${address.port}`;
}

/** One line each. */
export function problemsOf(error: unknown): readonly string[] {
  if (error instanceof ConfigurationError) return error.problems.map(formatProblem);
  return [error instanceof Error ? error.message : String(error)];
}

async function recognizer(
  { names, database }: ProxyRuntime,
  notices: NoticeLines,
): Promise<((hello: ClientHello) => Recognition) | null> {
  if (!names) return null;
  const labels =
    database === null
      ? await shippedLabels()
      : await readLabels(
          { path: database.path, explicit: false },
          (error) => notices.warn('clients are named from the labels that come with the program', { error }),
          'references',
        );
  return helloRecognizer(labels);
}
