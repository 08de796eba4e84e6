import { SensorError } from '../../errors.js';
import type { LoginEnd, LoginFacts, Recognition, Verdict } from '../../model/index.js';
import { policyAddress } from './address.js';
import { RequestBody } from './attributes.js';
import { Complaints } from './complaints.js';
import { Exchange } from './exchange.js';
import { GuardedServer } from './guarded.js';
import { MAX_ASKING } from './limits.js';
import type { PolicyClientOptions, PolicyNotices } from './options.js';
import { PasswordHash } from './password-hash.js';
import { ReportQueue } from './report-queue.js';
import { type PolicyAnswer, readAnswer } from './response.js';
import { notAsked, verdictOf } from './verdict.js';

/** What a policy client needs of the rest of the house. */
export interface PolicyClientPorts {
  readonly notices: PolicyNotices;
  /** The name of a client for `%{client}`. */
  readonly clientName: (recognition: Recognition | null) => string | null;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}

/** What has become of questions and reports so far. */
export interface PolicyCounts {
  readonly asked: number;
  /** Of these, how many the server did not answer as it should, or was not asked: it was left alone, or too many waited already. */
  readonly failed: number;
  readonly reports: { readonly waiting: number; readonly dropped: number; readonly lost: number };
}

/**
 * Asks a policy server about logins, as Dovecot does: any that takes Dovecot's auth policy requests, wforce too.
 *
 * Every question has a verdict within the timeout, whatever the server does; nothing is thrown and nothing waits without bound. Passwords are hashed before a method returns,
 * and never kept.
 */
export class PolicyClient {
  readonly #options: PolicyClientOptions;
  readonly #ports: PolicyClientPorts;
  readonly #body: RequestBody;
  readonly #hash: PasswordHash;
  readonly #complaints: Complaints;
  readonly #server: GuardedServer;
  readonly #reports: ReportQueue;
  #asking = 0;
  #asked = 0;
  #failed = 0;
  #isClosed = false;

  /** @throws SensorError `policy_setting`: `field` is the setting or the attribute */
  constructor(options: PolicyClientOptions, ports: PolicyClientPorts) {
    this.#options = options;
    this.#ports = ports;
    this.#body = new RequestBody(options.attributes);
    this.#hash = new PasswordHash(options.hashMechanism, options.nonce, options.hashTruncate);
    const address = policyAddress(options.url, options.apiHeader);
    this.#complaints = new Complaints(ports.notices, address.shown, ports.now);
    this.#server = new GuardedServer(new Exchange(address, options), this.#complaints, ports.now);
    const server = this.#server;
    this.#reports = new ReportQueue({
      get isResting() {
        return server.isResting;
      },
      send: (body) => server.ask('report', body, () => undefined),
    });
  }

  get counts(): PolicyCounts {
    return { asked: this.#asked, failed: this.#failed, reports: this.#reports.counts };
  }

  /** Before a backend is asked. A `tarpit` is for the caller to wait, before the password is tried. */
  async beforeAuth(login: LoginFacts, password: Uint8Array | null): Promise<Verdict> {
    if (!this.#options.checkBeforeAuth) return notAsked;
    return verdictOf(await this.#ask(login, password), 'before', this.#options);
  }

  /** The credentials were right, and the client has not heard of it yet. */
  async afterAuth(login: LoginFacts, password: Uint8Array | null): Promise<Verdict> {
    if (!this.#options.checkAfterAuth) return notAsked;
    return verdictOf(await this.#ask(login, password), 'after', this.#options);
  }

  /** How it ended. Sent when it can be; what finds no room is dropped and counted. */
  report(login: LoginFacts, password: Uint8Array | null, end: LoginEnd): void {
    if (!this.#options.reportAfterAuth || this.#isClosed) return;
    if (!this.#reports.push(this.#request(login, password, end))) this.#complaints.reportDropped();
  }

  /** Sends the reports that wait, as far as the timeout allows, and cuts the connections. Questions from now on fail. */
  async close(): Promise<void> {
    this.#isClosed = true;
    let late: NodeJS.Timeout | null = null;
    const deadline = new Promise<void>((resolve) => {
      late = setTimeout(resolve, this.#options.timeout);
    });
    await Promise.race([this.#reports.drained(), deadline]);
    if (late !== null) clearTimeout(late);
    this.#server.close();
  }

  /** @returns null where there is no answer */
  async #ask(login: LoginFacts, password: Uint8Array | null): Promise<PolicyAnswer | null> {
    this.#asked++;
    if (this.#isClosed || this.#asking >= MAX_ASKING) {
      this.#failed++;
      if (!this.#isClosed) {
        this.#complaints.failed(
          new SensorError('policy_overloaded', 'server', 0, 'too many questions wait for an answer'),
        );
      }
      return null;
    }
    this.#asking++;
    try {
      return await this.#server.ask('allow', this.#request(login, password, null), readAnswer);
    } catch (error) {
      if (!(error instanceof SensorError)) throw error;
      this.#failed++;
      return null;
    } finally {
      this.#asking--;
    }
  }

  #request(login: LoginFacts, password: Uint8Array | null, end: LoginEnd | null): string {
    const { lowercaseUser, openssl } = this.#options;
    const name = login.user ?? '';
    // ASCII alone: what Dovecot's %L does.
    const user = lowercaseUser ? name.replace(/[A-Z]/g, (letter) => letter.toLowerCase()) : name;
    const asked = {
      login,
      user,
      hashedPassword: this.#hash.of(user, password),
      failType: end?.failType ?? '',
      clientName: this.#ports.clientName(login.recognition),
      openssl,
    };
    return this.#body.json(asked, end);
  }
}
