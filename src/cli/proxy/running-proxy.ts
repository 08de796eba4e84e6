import { formatProblem, type ProxyConfiguration, type ProxyRuntime } from '../../config/index.js';
import { clientName, type LoginLines, type NoticeLines } from '../../login/index.js';
import type { ClientHello, Recognition } from '../../model/index.js';
import { PolicyClient } from '../../policy/index.js';
import { type BoundListener, LoginProxy } from '../../proxy/index.js';
import { readLabels, shippedLabels } from '../label-source.js';
import { InProcessPolicy, knowledgeForProxy } from '../policy/in-process.js';
import type { PolicyKnowledge } from '../policy/knowledge.js';
import { problemsOf } from '../problems.js';
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

/** What runs beside the proxy. */
interface Parts {
  readonly log: LoginLines;
  readonly recording: Recording | null;
  /** A server that is asked; null: none. */
  readonly server: PolicyClient | null;
  /** Rules that decide in this process; null: none. */
  readonly rules: InProcessPolicy | null;
  /** What those go by. */
  readonly knowledge: PolicyKnowledge | null;
}

/** A proxy in this process, with its log, its database, its names and its rules. */
export class RunningProxy {
  readonly bound: readonly BoundListener[];
  readonly #proxy: LoginProxy;
  readonly #options: RunningProxyOptions;
  readonly #parts: Parts;
  #stopping: Promise<void> | null = null;

  private constructor(options: RunningProxyOptions, proxy: LoginProxy, bound: readonly BoundListener[], parts: Parts) {
    this.#options = options;
    this.#proxy = proxy;
    this.bound = bound;
    this.#parts = parts;
  }

  /** @throws the system's error where an address cannot be bound, SensorError where the log cannot be written, the database not be read, or TLS not be set up */
  static async start(options: RunningProxyOptions): Promise<RunningProxy> {
    const { configuration, notices, ticketKeys, onBound } = options;
    const { runtime } = configuration;
    const recognize = await recognizer(runtime, notices);
    const log = new Late<LoginLines>();
    const recording = new Late<Recording>();
    const server =
      runtime.policy === null
        ? null
        : new PolicyClient(runtime.policy, { notices, clientName, now: () => performance.now() });
    const rules = runtime.policyRules === null ? null : new InProcessPolicy();
    const policy = server ?? rules;
    const proxy = new LoginProxy(
      configuration.options,
      {
        log: {
          write: (login) => log.run((lines) => lines.write(login)),
          get failing() {
            return log.target?.failing ?? false;
          },
        },
        recorder:
          runtime.database?.record === true
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
    const knowledge = rules === null ? null : await knowledgeForProxy(runtime.database?.path ?? null, notices);
    const writer = writerFor(runtime, knowledge, notices);
    if (writer !== null) recording.open(writer);
    if (rules !== null) {
      const book = knowledge!.key === null ? null : writer;
      await rules.open(runtime.policyRules!.decision, knowledge!, book, configuration.options.openssl);
    }
    return new RunningProxy(options, proxy, bound, { log: lines, recording: writer, server, rules, knowledge });
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
      if (runtime.policyRules !== null) this.#parts.rules?.change(runtime.policyRules.decision);
      this.#parts.log.reopen();
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
    const { log, recording, server, rules, knowledge } = this.#parts;
    await this.#proxy.close();
    await server?.close();
    rules?.close();
    const dropped = (await recording?.close()) ?? 0;
    knowledge?.close();
    const lost = log.close();
    if (dropped + lost > 0) this.#options.notices.warn('logins were not recorded', { database: dropped, log: lost });
  }
}

/** One for logins, hellos and what rules decide; null: nothing is to be written. */
function writerFor(
  { database }: ProxyRuntime,
  knowledge: PolicyKnowledge | null,
  notices: NoticeLines,
): Recording | null {
  const key = knowledge?.key ?? null;
  if (database === null || (!database.record && key === null)) return null;
  const policyKey = key === null ? {} : { policyKey: key };
  return new Recording({ database: database.path, users: 'hmac', prune: true, ...policyKey }, notices);
}

/** Which settings of the process are not what it was started with. Rules may change, but not come or go. */
function differing(now: ProxyRuntime, started: ProxyRuntime): readonly string[] {
  const comparable = (runtime: ProxyRuntime) => ({ ...runtime, policyRules: runtime.policyRules !== null });
  const [after, before] = [comparable(now), comparable(started)];
  return (Object.keys(after) as (keyof ProxyRuntime)[]).filter(
    (key) => JSON.stringify(after[key]) !== JSON.stringify(before[key]),
  );
}

/** For notices: `imaps 0.0.0.0:993`. */
export function addressText({ name, address }: BoundListener): string {
  if (address === null) return name;
  return `${name} ${address.ip.includes(':') ? `[${address.ip}]` : address.ip}:${address.port}`;
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
