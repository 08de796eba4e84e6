import { formatProblem } from '../../../config/index.js';
import type { HeardLogin } from '../../../model/index.js';
import { type DecisionOptions, openDecider } from '../../../policy/index.js';
import type { Store } from '../../../store/index.js';
import { defaultDatabasePath } from '../../database-path.js';
import { EXIT, type ExitCode, UsageError } from '../../exit-codes.js';
import { Interrupt } from '../../interrupt.js';
import type { DatabaseChoice } from '../../label-source.js';
import { moment } from '../../moment.js';
import { Output } from '../../output.js';
import { identifier } from '../../policy/identify.js';
import { takeAll } from '../../policy/paced.js';
import { recordedStrings } from '../../policy/recorded-strings.js';
import { Replay } from '../../policy/replay.js';
import { replayedRules } from '../../policy/replayed-rules.js';
import { progressBar } from '../../progress.js';
import { say, writeError } from '../../say.js';
import { errorTakesBar } from '../../terminal.js';
import { jsonOf } from '../db/answer.js';
import { withStore } from '../db/database.js';
import { figuresJson } from './figures-json.js';
import { figuresText } from './figures-text.js';
import { rulesOrTell } from './rules-file.js';

/** As the parser of arguments leaves them. */
export interface RawPolicyTestOptions {
  readonly since?: string;
  readonly from?: LoginSource;
  readonly format: 'table' | 'json';
  readonly database?: string;
}

/** What the policy heard, or what was recorded of a proxy or a log. */
export type LoginSource = 'heard' | 'logins';

/** What was replayed, beside the figures. */
export interface Replayed {
  readonly from: LoginSource;
  /** Milliseconds since 1970; null: all there is. */
  readonly since: number | null;
  /** The last login that was looked at before the command was interrupted; null: all were. */
  readonly interrupted: number | null;
  /** Rules with patterns of user names, which could not be held against anybody. */
  readonly patterns: readonly string[];
  readonly learning: DecisionOptions['learning'];
}

/**
 * Holds stored logins against rules and prints whom they would have hit.
 *
 * @returns the exit code; `usage` where the rules cannot be used, `failed` where no logins are stored. Every message has been printed
 * @throws UsageError, OutputClosed, SensorError of the database or the output
 */
export async function policyTest(path: string, raw: RawPolicyTestOptions): Promise<ExitCode> {
  const since = raw.since === undefined ? null : 1000 * moment(raw.since, Date.now() / 1000);
  const file = rulesOrTell(path);
  if (file === null) return EXIT.usage;
  for (const warning of file.warnings) writeError(`${formatProblem(warning)}\n`);
  return withStore(databaseOf(raw.database, file.database), 'read', async (store) => {
    const from = raw.from ?? sourceOf(store, since ?? 0);
    return replay(store, file.decision, { from, since, json: raw.format === 'json' });
  });
}

function databaseOf(given: string | undefined, ofFile: string | null): DatabaseChoice {
  if (given === '') throw new UsageError('--database has an empty name');
  return { path: given ?? ofFile ?? defaultDatabasePath(), explicit: (given ?? ofFile) !== null };
}

interface Wanted {
  readonly from: LoginSource;
  readonly since: number | null;
  readonly json: boolean;
}

async function replay(store: Store, decision: DecisionOptions, { from, since, json }: Wanted): Promise<ExitCode> {
  const { rules, patterns } = replayedRules(decision.rules, (name) => store.policy.userKey(name));
  const identify = await identifier(store.labels.references(), recordedStrings(store), { names: true });
  let now = 0;
  const decider = openDecider(
    { ...decision, rules },
    { userKey: (key) => key, identify, book: null, now: () => now },
    null,
  );
  const run = new Replay(decider, identify, rules, since ?? Number.NEGATIVE_INFINITY);
  // What was before the period is learned from.
  const logins = from === 'heard' ? store.policy.heard(0) : store.policy.recorded(0);
  const { code, last } = await each(logins, (login) => {
    now = login.time;
    run.take(login);
  });
  decider.close();
  const figures = run.figures();
  if (figures.from === null && last === null) {
    say(nothingText(from, since, figures.before));
    return EXIT.failed;
  }
  const replayed: Replayed = { from, since, interrupted: last?.time ?? null, patterns, learning: decision.learning };
  const output = new Output();
  output.print(json ? `${jsonOf(figuresJson(figures, replayed))}\n` : await figuresText(figures, replayed));
  await output.flush();
  return code ?? EXIT.done;
}

/** Where neither has any in that time: what has some from before, so that it can be said. */
function sourceOf({ policy }: Store, since: number): LoginSource {
  if (any(policy.heard(since))) return 'heard';
  return any(policy.recorded(since)) || !any(policy.heard(0)) ? 'logins' : 'heard';
}

function nothingText(from: LoginSource, since: number | null, before: number): string {
  const what = from === 'heard' ? 'no login was heard by a policy' : 'no login is recorded';
  return since === null || before === 0
    ? `${what}: there is nothing to try the rules on`
    : `${what} since ${new Date(since).toISOString()} (${before} before that)`;
}

/** @returns the last login that was taken where the command was interrupted, and what it ends with then */
async function each(
  logins: Iterable<HeardLogin>,
  take: (login: HeardLogin) => void,
): Promise<{ readonly code: ExitCode | null; readonly last: HeardLogin | null }> {
  const interrupt = new Interrupt();
  const began = performance.now();
  const until = Date.now();
  const bar = errorTakesBar() ? await progressBar('stored logins', began) : null;
  let first: number | null = null;
  try {
    const last = await takeAll(logins, take, interrupt.signal, ({ time }) => {
      first ??= time;
      if (performance.now() - began > BAR_AFTER) bar?.update(PARTS * ((time - first) / (until - first)), PARTS);
    });
    return { code: interrupt.code, last };
  } finally {
    bar?.stop();
    interrupt.release();
  }
}

/** Milliseconds before a bar is drawn. */
const BAR_AFTER = 1_000;

/** What the bar counts: any number that is one of a long file's bytes. */
const PARTS = 1e9;

function any(rows: Iterable<unknown>): boolean {
  for (const _ of rows) return true;
  return false;
}
