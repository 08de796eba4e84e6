import type { Evidence, HeardLogin, ListEntry, ListKey, PolicyBatch, ToldViews } from '../../model/index.js';
import type { HistoryLogin, HistoryQuestions, HistoryRecord } from '../history/questions.js';
import type { LoginReport, PolicyLogin } from '../login.js';
import { type CompiledRule, compileRules, matchRule } from '../rules/index.js';
import { Attempts, attemptKey } from './attempts.js';
import { nothingFits, stronger, unobeyed, verdictOfRule } from './effects.js';
import { heardLogin, together } from './heard.js';
import { FLUSH_INTERVAL, MAX_BATCH } from './limits.js';
import type { ListFacts } from './listed-entries.js';
import { type ListName, Lists } from './lists.js';
import type { KeyStats, PolicyManagement, StatsKey } from './management.js';
import type { Decider, Decision, DecisionOptions, DecisionPorts, PolicyPast } from './options.js';
import { outcomeOf } from './outcome.js';

/** What statistics and resets are about, for the history; null: any. */
export type HistoryKey = Pick<HistoryLogin, 'userKey' | 'device' | 'remote'>;

/** The history, as a decider needs it. */
export interface DeciderHistory extends HistoryQuestions, HistoryRecord {
  /** What has changed since the last call, or a part of it where that is much. */
  changes(): Pick<PolicyBatch, 'userClients' | 'userNetworks' | 'devices' | 'usual'>;
  /** Forgets what is known of each of these. */
  forget(key: HistoryKey): void;
  countsOf(key: HistoryKey): KeyStats['counts'];
}

/**
 * Decides about logins with an allow list and a block list, rules and a history, and keeps the book of it.
 *
 * A login is counted, and its row written, when its report comes, so that what was asked twice counts once; without any report its row is written some minutes later. What waits is
 * written twice a second, by a timer that keeps no process alive.
 */
export class RulesDecider implements Decider, PolicyManagement {
  readonly #rules: readonly CompiledRule[];
  readonly #maxTarpit: number;
  readonly #ports: DecisionPorts;
  readonly #history: DeciderHistory;
  readonly #lists: Lists;
  readonly #attempts = new Attempts();
  readonly #timer: NodeJS.Timeout;
  #heard: HeardLogin[] = [];

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
    const userKey = this.#userKey(login.user);
    const decision = this.#judge(login, userKey);
    const key = attemptKey(login, userKey);
    const before = this.#attempts.find(key);
    const attempt =
      before === null
        ? { login, userKey, decision }
        : { ...before, decision: stronger(before.decision, ofSecond(login, decision)) };
    const now = this.#ports.now();
    this.#attempts.remember(key, attempt, now);
    this.#writeForgotten(now);
    return decision;
  }

  report(login: PolicyLogin, report: LoginReport): void {
    const userKey = this.#userKey(login.user);
    const asked = this.#attempts.take(attemptKey(login, userKey));
    const whole = asked === null ? login : together(asked.login, login);
    const decision = asked?.decision ?? notObeyed(this.#judge(login, userKey));
    const outcome = outcomeOf(report);
    if (outcome !== 'none') this.#history.add(pastOf(whole, userKey), outcome);
    this.#write(heardLogin(whole, userKey, decision, outcome));
    this.#writeForgotten(this.#ports.now());
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
    for (const each of this.#historyKeys(key)) this.#history.forget(each);
  }

  stats(key: StatsKey): KeyStats {
    const facts = { ip: key.ip, login: key.login, ja3: key.ja3 === null ? [] : [key.ja3.toLowerCase()] };
    const counts = Object.assign({}, ...this.#historyKeys(key).map((each) => this.#history.countsOf(each)));
    return { counts, allowed: this.#lists.find('allow', facts), blocked: this.#lists.find('block', facts) };
  }

  /** Hands to the book what waits: of the history a part at a time, so that no login waits for long. */
  flush(): void {
    this.#writeForgotten(this.#ports.now());
    this.#flushBatch();
  }

  /** Writes all that waits, also of logins whose report has not come, and ends. */
  close(): void {
    clearInterval(this.#timer);
    for (const { login, userKey, decision } of this.#attempts.all()) {
      this.#write(heardLogin(login, userKey, decision, null));
    }
    while (this.#flushBatch()) {
      // The history tells of its changes in parts.
    }
  }

  #judge(login: PolicyLogin, userKey: string | null): Decision {
    return this.#ofLists(login) ?? this.#ofRules(login, userKey);
  }

  #ofLists({ remote, user, views }: PolicyLogin): Decision | null {
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

  /** A hash may be of ja3 or ssl_ja3, and so stand for two devices. */
  #historyKeys({ ip, login, ja3 }: StatsKey): readonly HistoryKey[] {
    const userKey = this.#userKey(login);
    if (ja3 === null) return [{ userKey, device: null, remote: ip }];
    const value = { hash: ja3.toLowerCase(), string: null };
    const none: ToldViews = { ja3: null, ja3n: null, sslJa3: null, ja4: null };
    const devices = [
      { ...none, ja3: value },
      { ...none, sslJa3: value },
    ].map((views) => this.#ports.identify(views).device);
    return [...new Set(devices)].flatMap((device) => (device === null ? [] : [{ userKey, device, remote: ip }]));
  }

  #userKey(user: string | null): string | null {
    return user === null ? null : this.#ports.userKey(user);
  }

  #writeForgotten(now: number): void {
    for (const { login, userKey, decision } of this.#attempts.forgotten(now)) {
      this.#write(heardLogin(login, userKey, decision, null));
    }
  }

  #write(row: HeardLogin): void {
    if (this.#ports.book === null) return;
    this.#heard.push(row);
    if (this.#heard.length >= MAX_BATCH) this.#flushBatch();
  }

  /** @returns false where there was nothing to write */
  #flushBatch(): boolean {
    const batch = { heard: this.#heard, ...this.#history.changes(), ...this.#lists.changes() };
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

function notObeyed({ verdict, evidence }: Decision): Decision {
  return { verdict: unobeyed(verdict), evidence };
}

/** Its evidence tells which parts of the key made the entry fit, and never a name. */
function listDecision({ list, ip, login, ja3, expires }: ListEntry): Decision {
  const parts = { ip, login, ja3 };
  const found = (['ip', 'login', 'ja3'] as const).filter((part) => parts[part] !== null).join('+');
  const evidence: Evidence = { condition: `${list}_list`, found, numbers: { expires } };
  const effect = list === 'allow' ? ({ action: 'allow' } as const) : ({ action: 'reject', message: null } as const);
  return { verdict: { ...effect, rule: `${list} list`, source: 'list', ignored: null }, evidence: [evidence] };
}
