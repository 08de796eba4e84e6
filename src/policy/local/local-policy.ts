import type { LoginEnd, LoginFacts, OpenSslGeneration, ToldViews, Verdict } from '../../model/index.js';
import { type Decider, unobeyed } from '../decide/index.js';
import type { SeenClient } from '../login.js';
import { policyLogin } from './policy-login.js';

export interface LocalPolicyPorts {
  readonly decider: Decider;
  /** What the views tell of the client, or what the proxy has found out already. Quick, never throws. */
  readonly identify: (views: ToldViews, login: LoginFacts) => SeenClient;
  /** Whose ssl_ja3 the rules see. */
  readonly openssl: OpenSslGeneration;
}

/** Rules in the proxy's own process: asked as a policy server would be, and answered at once. Passwords are not looked at. */
export class LocalPolicy {
  readonly #ports: LocalPolicyPorts;

  constructor(ports: LocalPolicyPorts) {
    this.#ports = ports;
  }

  async beforeAuth(login: LoginFacts, _password: Uint8Array | null): Promise<Verdict> {
    return this.#decide(login);
  }

  /** The password was right: nobody is made to wait any more. */
  async afterAuth(login: LoginFacts, _password: Uint8Array | null): Promise<Verdict> {
    const verdict = this.#decide(login);
    return verdict.action === 'tarpit' ? unobeyed(verdict) : verdict;
  }

  report(login: LoginFacts, _password: Uint8Array | null, end: LoginEnd): void {
    this.#ports.decider.report(policyLogin(login, this.#ports), end);
  }

  #decide(login: LoginFacts): Verdict {
    return this.#ports.decider.decide(policyLogin(login, this.#ports)).verdict;
  }
}
