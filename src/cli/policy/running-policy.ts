import { formatProblem, type PolicyConfiguration, type PolicyRuntime } from '../../config/index.js';
import type { Endpoint } from '../../endpoint.js';
import { clientName, type NoticeLines, openNotices } from '../../login/index.js';
import { openDecider, PolicyServer, type RulesDecider } from '../../policy/index.js';
import { problemsOf } from '../problems.js';
import { Recording } from '../recording/recording.js';
import { identifier } from './identify.js';
import { freshKnowledge, type PolicyKnowledge, storedKnowledge } from './knowledge.js';
import { CLOSE_GRACE } from './limits.js';
import { withVerdictLines } from './verdict-lines.js';

export interface RunningPolicyOptions {
  readonly configuration: PolicyConfiguration;
  /** Reads the file again. @throws ConfigurationError */
  readonly readAgain: () => PolicyConfiguration;
  readonly notices: NoticeLines;
  readonly version: string;
}

interface Parts {
  readonly server: PolicyServer;
  readonly decider: RulesDecider;
  readonly knowledge: PolicyKnowledge;
  readonly recording: Recording | null;
  /** null: verdicts go where notices go. */
  readonly log: NoticeLines | null;
}

/** A policy server in this process, with its history, its database and its log. */
export class RunningPolicy {
  readonly bound: readonly Endpoint[];
  readonly #options: RunningPolicyOptions;
  readonly #parts: Parts;
  #stopping: Promise<void> | null = null;

  private constructor(options: RunningPolicyOptions, parts: Parts, bound: readonly Endpoint[]) {
    this.#options = options;
    this.#parts = parts;
    this.bound = bound;
  }

  /** @throws SensorError where the database or the log cannot be used, or an address not be bound */
  static async start(options: RunningPolicyOptions): Promise<RunningPolicy> {
    const { notices } = options;
    const { decision, server: settings, runtime } = options.configuration;
    const log = await openLog(runtime.log, notices);
    const knowledge = runtime.database === null ? await freshKnowledge() : await storedKnowledge(runtime.database);
    if (runtime.database === null) {
      notices.info('no database is configured: what is known of users and clients ends with this process');
    }
    const { userKey, past, key } = knowledge;
    const recording =
      runtime.database === null || key === null
        ? null
        : new Recording({ database: runtime.database, users: 'hmac', prune: true, policyKey: key }, notices);
    const identify = await identifier(knowledge.labels, knowledge.recorded, { names: runtime.names });
    const now = () => Date.now();
    const decider = openDecider(decision, { userKey, identify, book: recording, now }, past);
    const lines = withVerdictLines(decider, log ?? notices, userKey);
    const server = new PolicyServer(settings, {
      decider: { decide: lines.decide, report: (login, report) => decider.report(login, report) },
      management: decider,
      identify,
      clientName,
      notices,
      now,
      version: options.version,
    });
    const parts: Parts = { server, decider, knowledge, recording, log };
    try {
      return new RunningPolicy(options, parts, await server.listen());
    } catch (error) {
      await end(parts);
      throw error;
    }
  }

  /** Reads the file again and goes by its rules from now on; where it cannot be used, those that are there stay. Log files are opened by their names again. */
  reload(): void {
    const { notices, configuration, readAgain } = this.#options;
    try {
      const { decision, server, runtime, warnings } = readAgain();
      for (const warning of warnings) notices.warn(formatProblem(warning));
      const kept = differing(ofProcess({ decision, server, runtime }), ofProcess(configuration));
      if (kept.length > 0) notices.warn('what has changed for the process itself needs a restart', { kept });
      this.#parts.decider.change(decision);
      this.#parts.log?.reopen();
      notices.reopen();
      notices.info('the rules were read again', { rules: decision.rules.length });
    } catch (error) {
      for (const text of problemsOf(error)) notices.warn(`the rules stay as they were: ${text}`);
    }
  }

  /** Takes no more requests, answers those that are there, and writes what is left. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    const dropped = await end(this.#parts);
    if (dropped > 0) this.#options.notices.warn('what was decided was not all recorded', { database: dropped });
  }
}

/** @returns rows that were not written */
async function end({ server, decider, knowledge, recording, log }: Parts): Promise<number> {
  await server.close(CLOSE_GRACE);
  decider.close();
  const dropped = (await recording?.close()) ?? 0;
  knowledge.close();
  log?.close();
  return dropped;
}

/** null: standard error, where notices are. */
async function openLog(log: PolicyRuntime['log'], notices: NoticeLines): Promise<NoticeLines | null> {
  if (log.to === 'stderr') return null;
  return openNotices({
    target: log.to === 'file' ? { file: log.path } : log.to,
    plain: false,
    onFailing: (code) =>
      notices.warn('the log cannot be written: verdicts wait, and are lost when too many do', { code }),
    onRecovered: (lost) => notices.info('the log is written again', { lost }),
  });
}

/** What is there for as long as the process is: all but the rules. */
function ofProcess({ decision, server, runtime }: Pick<PolicyConfiguration, 'decision' | 'server' | 'runtime'>) {
  return { ...server, learning: decision.learning, history: decision.limits, ...runtime };
}

/** Which settings are not what the process was started with. */
function differing<Settings extends object>(now: Settings, started: Settings): readonly string[] {
  return (Object.keys(now) as (keyof Settings & string)[]).filter(
    (key) => JSON.stringify(now[key]) !== JSON.stringify(started[key]),
  );
}
