import type { VerdictEffect } from '../../src/model/index.js';
import { openHistory } from '../../src/policy/history/index.js';
import { type DecisionOptions, type Identify, openDecider, type PolicyLogin } from '../../src/policy/index.js';
import { compileRules, counterSpecsOf, matchRule } from '../../src/policy/rules/index.js';
import { BEGIN, type MonthLogin } from './month.js';

/** Milliseconds from the question before a password is tried to the report of how it went. */
const ANSWER_TAKES = 400;

/** What was said of a login. */
export interface Said {
  readonly login: MonthLogin;
  readonly rule: string;
  /** What was done or, where rules only report, would have been; `log` where that is all a rule wants. */
  readonly action: VerdictEffect['action'] | 'log';
}

/**
 * Asks a decider about every login of a month, and tells it how each went.
 *
 * @returns what was said of the logins that count, in order of time
 */
export function play(logins: readonly MonthLogin[], options: DecisionOptions, identify: Identify): readonly Said[] {
  let now = 0;
  const decider = openDecider(options, { userKey: userKeyOf, identify, book: null, now: () => now }, null);
  const said: Said[] = [];
  replay(logins, identify, {
    ask(login, asked) {
      now = login.time;
      const { verdict } = decider.decide(asked);
      if (verdict.rule !== null && login.time >= BEGIN) {
        const { action } = verdict.ignored ?? verdict;
        said.push({ login, rule: verdict.rule, action: action === 'allow' ? 'log' : action });
      }
      return verdict.action !== 'reject';
    },
    tell(login, asked, tried) {
      now = login.time + ANSWER_TAKES;
      const success = login.right && tried;
      const failType = tried ? (login.right ? null : 'credentials') : 'policy';
      decider.report(asked, { success, policyReject: !tried, failType });
    },
  });
  decider.close();
  return said;
}

/**
 * The same for each rule by itself, as if there were no other and it only reported: what no rule does anything about has one past for all of them.
 *
 * @returns by the rule's name
 */
export function playEach(
  logins: readonly MonthLogin[],
  { rules, learning, limits }: DecisionOptions,
  identify: Identify,
): ReadonlyMap<string, readonly Said[]> {
  const history = openHistory({ counters: counterSpecsOf(rules), learning, limits, past: null, now: () => 0 });
  const each = compileRules(rules).map((compiled) => ({ compiled, said: [] as Said[] }));
  replay(logins, identify, {
    ask(login, asked) {
      if (login.time < BEGIN) return true;
      for (const { compiled, said } of each) {
        const { name, then } = compiled.rule;
        if (matchRule(compiled, asked, login.user, history) === null) continue;
        said.push({ login, rule: name, action: then.action });
      }
      return true;
    },
    tell({ time, user, remote, right }, { client }) {
      history.add({ time, userKey: userKeyOf(user), device: client.device, remote }, right ? 'succeeded' : 'failed');
    },
  });
  return new Map(each.map(({ compiled, said }) => [compiled.rule.name, said]));
}

interface Player {
  /** @returns false where the password is not to be tried */
  ask(login: MonthLogin, asked: PolicyLogin): boolean;
  /** Some time later. @param tried what was answered */
  tell(login: MonthLogin, asked: PolicyLogin, tried: boolean): void;
}

/** What is asked while the answer about the login before is still out is asked without it. */
function replay(logins: readonly MonthLogin[], identify: Identify, player: Player): void {
  const open: { readonly login: MonthLogin; readonly asked: PolicyLogin; readonly tried: boolean }[] = [];
  const tellUntil = (time: number) => {
    while (open.length > 0 && open[0]!.login.time + ANSWER_TAKES <= time) {
      const { login, asked, tried } = open.shift()!;
      player.tell(login, asked, tried);
    }
  };
  for (const [number, login] of logins.entries()) {
    tellUntil(login.time);
    const asked = asPolicyLogin(login, number, identify);
    open.push({ login, asked, tried: player.ask(login, asked) });
  }
  tellUntil(Number.POSITIVE_INFINITY);
}

/** Nothing is kept, so names need no hiding. */
function userKeyOf(name: string): string {
  return name;
}

function asPolicyLogin(login: MonthLogin, number: number, identify: Identify): PolicyLogin {
  const { time, user, remote, protocol, port, sni, clientId, views } = login;
  return {
    time,
    session: `session${number}`,
    user,
    remote,
    protocol,
    port,
    sni,
    mechanism: 'PLAIN',
    tls: true,
    tlsVersion: 'TLSv1.3',
    clientId,
    views,
    client: identify(views),
  };
}
