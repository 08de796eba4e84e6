import type { Evidence, HeardLogin, ListEntry, ListKey, ToldViews } from '../../model/index.js';
import type {
  History,
  HistoryKey,
  HistoryLogin,
  HistoryQuestions,
  HistoryRecord,
  HistoryRows,
} from '../history/index.js';
import type { LoginReport, PolicyLogin } from '../login.js';
import { type CompiledRule, compileRules, counterSpecsOf, matchRule } from '../rules/index.js';
import { type Attempt, Attempts, attemptKey } from './attempts.js';
import { nothingFits, stronger, unobeyed, verdictOfRule } from './effects.js';
import { heardLogin, together } from './heard.js';
import { FLUSH_INTERVAL, MAX_BATCH, MAX_USER_KEYS } from './limits.js';
import type { ListFacts } from './listed-entries.js';
import { type ListName, Lists } from './lists.js';
import type { KeyStats, PolicyManagement, StatsKey } from './management.js';
import type { Decision, DecisionOptions, DecisionPorts, PolicyPast, RunningDecider } from './options.js';
import { outcomeOf } from './outcome.js';

/** The history, as a decider needs it. */
export type DeciderHistory = HistoryQuestions &
  HistoryRecord &
  Pick<History, 'setCounters' | 'changes' | 'userChanges' | 'forget' | 'countsOf'>;

/**
 * Decides about logins with an allow list and a block list, rules and a history, and keeps the book of it.
 *
 * A login is counted, and its row written, when its report comes, so that what was asked twice counts once; without any report its row is written some minutes later. What waits is
 * written twice a second, by a timer that keeps no process alive.
 */
export class RulesDecider implements RunningDecider, PolicyManagement {
  #rules: readonly CompiledRule[];
  #maxTarpit: number;
  readonly #ports: DecisionPorts;
  readonly #history: DeciderHistory;
  readonly #lists: Lists;
  readonly #attempts = new Attempts();
  readonly #timer: NodeJS.Timeout;
  #heard: HeardLogin[] = [];
  /** Of the names since the last flush, and no longer: the questions and the report of a login come close together. */
  readonly #userKeys = new Map<string, string>();

  /** @throws TypeError for a rule with a network that is none */
  constructor(
    { rules, maxTarpit }: Pick<DecisionOptions, 'rules' | 'maxTarpit'>,
    ports: DecisionPorts,
    history: DeciderHistory,
    past: Pick<PolicyPast, 'listed'> | null,
  ) {
    this.#rules = compileRules(rules);
    this.#maxTarpit = maxTarpit;
    this.#ports = ports;
    this.#history = history;
    this.#lists = new Lists(past?.listed() ?? [], ports.now);
    this.#timer = setInterval(() => this.flush(), FLUSH_INTERVAL).unref();
  }

  decide(login: PolicyLogin): Decision {
    const now = this.#ports.now();
    this.#writeForgotten(now);
    const userKey = this.#userKey(login.user);
    const decision = this.#judge(login, userKey);
    const key = attemptKey(login, userKey);
    const before = this.#attempts.find(key);
    const attempt =
      before === null
        ? { login, userKey, decision }
        : { ...before, decision: stronger(before.decision, ofSecond(login, decision)) };
    this.#attempts.remember(key, attempt, now);
    return decision;
  }

  report(login: PolicyLogin, report: LoginReport): void {
    this.#writeForgotten(this.#ports.now());
    const userKey = this.#userKey(login.user);
    const asked = this.#attempts.take(attemptKey(login, userKey));
    const whole = asked === null ? login : together(asked.login, login);
    const decision = asked?.decision ?? notObeyed(this.#judge(login, userKey));
    const outcome = outcomeOf(report);
    if (outcome !== 'none') this.#history.add(pastOf(whole, userKey), outcome);
    this.#write(heardLogin(whole, userKey, decision, outcome));
  }

  change({ rules, maxTarpit }: Pick<DecisionOptions, 'rules' | 'maxTarpit'>): void {
    this.#rules = compileRules(rules);
    this.#maxTarpit = maxTarpit;
    this.#history.setCounters(counterSpecsOf(rules), null);
  }

  listed(list: ListName): readonly ListEntry[] {
    return this.#lists.entries(list);
  }

  /** @throws SensorError `policy_list_full`, `policy_list_key` */
  add(entry: ListEntry): void {
    this.#lists.add(entry);
  }

  remove(list: ListName, key: ListKey): boolean {
    return this.#lists.remove(list, key);
  }

  reset(key: StatsKey): void {
    this.#lists.remove('block', key);
    const past = this.#historyKey(key);
    if (past !== null) this.#history.forget(past);
  }

  stats(key: StatsKey): KeyStats {
    const facts = { ip: key.ip, login: key.login, ja3: key.ja3 === null ? [] : [key.ja3.toLowerCase()] };
    const past = this.#historyKey(key);
    return {
      counts: past === null ? {} : this.#history.countsOf(past),
      allowed: this.#lists.find('allow', facts),
      blocked: this.#lists.find('block', facts),
    };
  }

  flush(): void {
    this.#userKeys.clear();
    this.#writeForgotten(this.#ports.now());
    this.#flushAll();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#writeUnreported(this.#attempts.all());
    this.#flushAll();
  }

  #judge(login: PolicyLogin, userKey: string | null): Decision {
    return this.#ofLists(login) ?? this.#ofRules(login, userKey);
  }

  #ofLists({ remote, user, views }: PolicyLogin): Decision | null {
    if (this.#lists.isEmpty) return null;
    const ja3 = [views.ja3, views.sslJa3].flatMap((view) => (view === null ? [] : [view.hash]));
    const facts: ListFacts = { ip: remote, login: user, ja3 };
    const allowed = this.#lists.find('allow', facts);
    if (allowed !== null) return listDecision(allowed);
    const blocked = this.#lists.find('block', facts);
    return blocked === null ? null : listDecision(blocked);
  }

  #ofRules(login: PolicyLogin, userKey: string | null): Decision {
    for (const compiled of this.#rules) {
      const evidence = matchRule(compiled, login, userKey, this.#history);
      if (evidence !== null) return { verdict: verdictOfRule(compiled.rule, this.#maxTarpit), evidence };
    }
    return nothingFits;
  }

  /** A hash may be of ja3 or ssl_ja3, and so stand for two devices; each may have been seen under other keys. null: the hash is of none. */
  #historyKey({ ip, login, ja3 }: StatsKey): HistoryKey | null {
    const userKey = this.#userKey(login);
    if (ja3 === null) return { userKey, device: null, remote: ip };
    const value = { hash: ja3.toLowerCase(), string: null };
    const none: ToldViews = { ja3: null, ja3n: null, sslJa3: null, ja4: null };
    const seen = [
      { ...none, ja3: value },
      { ...none, sslJa3: value },
    ].map((views) => this.#ports.identify(views));
    const keys = seen.flatMap(({ device, aliases }) => (device === null ? [] : [device, ...aliases]));
    const [device, ...aliases] = new Set(keys);
    return device === undefined ? null : { userKey, device, aliases, remote: ip };
  }

  #userKey(user: string | null): string | null {
    if (user === null) return null;
    let key = this.#userKeys.get(user);
    if (key === undefined) {
      key = this.#ports.userKey(user);
      if (this.#userKeys.size >= MAX_USER_KEYS) this.#userKeys.clear();
      this.#userKeys.set(user, key);
    }
    return key;
  }

  #writeForgotten(now: number): void {
    if (this.#attempts.areForgotten(now)) this.#writeUnreported(this.#attempts.forgotten(now));
  }

  #writeUnreported(attempts: Iterable<Attempt>): void {
    for (const { login, userKey, decision } of attempts) this.#write(heardLogin(login, userKey, decision, null));
  }

  #write(row: HeardLogin): void {
    if (this.#ports.book === null) return;
    this.#heard.push(row);
    if (this.#heard.length >= MAX_BATCH) this.#flushBatch(this.#history.userChanges());
  }

  /** The history tells of its changes in parts. */
  #flushAll(): void {
    let isMore = true;
    while (isMore) isMore = this.#flushBatch(this.#history.changes());
  }

  /** @returns false where there was nothing to write */
  #flushBatch(changes: HistoryRows): boolean {
    const batch = { heard: this.#heard, ...changes, ...this.#lists.changes() };
    this.#heard = [];
    const isEmpty = Object.values(batch).every((rows) => rows.length === 0);
    if (!isEmpty) this.#ports.book?.write(batch);
    return !isEmpty;
  }
}

function pastOf({ time, remote, client }: PolicyLogin, userKey: string | null): HistoryLogin {
  return { time, userKey, device: client.device, remote };
}

/** The second question about an attempt comes when the password was right: nobody makes the client wait any more. Where no session was told it may be another attempt's first. */
function ofSecond({ session }: PolicyLogin, decision: Decision): Decision {
  return session !== null && decision.verdict.action === 'tarpit' ? notObeyed(decision) : decision;
}

function notObeyed(decision: Decision): Decision {
  return { ...decision, verdict: unobeyed(decision.verdict) };
}

/** Its evidence tells which parts of the key made the entry fit, and never a name. */
function listDecision(listed: ListEntry): Decision {
  const { list, ip, login, ja3, expires } = listed;
  const parts = { ip, login, ja3 };
  const found = (['ip', 'login', 'ja3'] as const).filter((part) => parts[part] !== null).join('+');
  const evidence: Evidence = { condition: `${list}_list`, found, numbers: { expires } };
  const effect = list === 'allow' ? ({ action: 'allow' } as const) : ({ action: 'reject', message: null } as const);
  const verdict = { ...effect, rule: `${list} list`, source: 'list', ignored: null } as const;
  return { verdict, evidence: [evidence], listed };
}
