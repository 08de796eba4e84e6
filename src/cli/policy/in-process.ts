import { SensorError } from '../../errors.js';
import type { LoginEnd, LoginFacts, OpenSslGeneration, Verdict } from '../../model/index.js';
import {
  type DecisionOptions,
  LocalPolicy,
  openDecider,
  type PolicyBook,
  type RulesDecider,
} from '../../policy/index.js';
import type { LoginPolicy, Notices } from '../../proxy/index.js';
import { Late } from '../proxy/late.js';
import { identifier } from './identify.js';
import { freshKnowledge, type PolicyKnowledge, storedKnowledge } from './knowledge.js';

/** What is open once the process has become whom it is to be. */
interface Opened {
  readonly policy: LocalPolicy;
  readonly decider: RulesDecider;
}

/** Rules that decide in the proxy's own process. Logins that come before its files are open wait for them. */
export class InProcessPolicy implements LoginPolicy {
  readonly #opened = new Late<Opened>();

  /**
   * @param book where decisions are kept; null: nowhere
   * @param openssl whose ssl_ja3 the rules see
   */
  async open(
    decision: DecisionOptions,
    { userKey, past }: PolicyKnowledge,
    book: PolicyBook | null,
    openssl: OpenSslGeneration,
  ): Promise<void> {
    // The proxy has seen the hello: its strings tell the device, and it has found the name already.
    const device = await identifier([], () => null, { names: false });
    const decider = openDecider(decision, { userKey, identify: device, book, now: () => Date.now() }, past);
    const policy = new LocalPolicy({
      decider,
      identify: (views, { recognition }) => ({ ...device(views), recognition }),
      openssl,
    });
    this.#opened.open({ policy, decider });
  }

  beforeAuth(login: LoginFacts, password: Uint8Array | null): Promise<Verdict> {
    return this.#asked((policy) => policy.beforeAuth(login, password));
  }

  afterAuth(login: LoginFacts, password: Uint8Array | null): Promise<Verdict> {
    return this.#asked((policy) => policy.afterAuth(login, password));
  }

  report(login: LoginFacts, password: Uint8Array | null, end: LoginEnd): void {
    this.#opened.run(({ policy }) => policy.report(login, password, end));
  }

  /** Goes by other rules from now on. */
  change(decision: DecisionOptions): void {
    this.#opened.run(({ decider }) => decider.change(decision));
  }

  /** Gives the book what waits. */
  close(): void {
    this.#opened.target?.decider.close();
  }

  #asked(ask: (policy: LocalPolicy) => Promise<Verdict>): Promise<Verdict> {
    return new Promise((resolve) => this.#opened.run(({ policy }) => resolve(ask(policy))));
  }
}

/**
 * What the rules of a proxy go by. A database that cannot be used keeps nobody from logging in: rules begin with nothing known then, which is told, and nothing of them is kept.
 *
 * @param database null: there is none
 */
export async function knowledgeForProxy(database: string | null, notices: Notices): Promise<PolicyKnowledge> {
  if (database === null) return freshKnowledge();
  try {
    return await storedKnowledge(database);
  } catch (error) {
    if (!(error instanceof SensorError)) throw error;
    notices.warn('rules decide without what is known from before, and nothing of theirs is kept', { error });
    return freshKnowledge();
  }
}
