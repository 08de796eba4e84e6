import type { HeardLogin, LoginOutcome } from '../../model/index.js';
import type { PolicyLogin } from '../login.js';
import { effectAlone } from './effects.js';
import type { Decision } from './options.js';

/** The row of an attempt. @param outcome null: no report has come */
export function heardLogin(
  login: PolicyLogin,
  userKey: string | null,
  { verdict, evidence }: Decision,
  outcome: LoginOutcome | null,
): HeardLogin {
  const { time, session, remote, protocol, port, sni, mechanism, tls, tlsVersion, clientId, views, client } = login;
  return {
    time,
    session,
    userKey,
    remote,
    protocol,
    port,
    sni,
    mechanism,
    tls,
    tlsVersion,
    clientId,
    views,
    device: client.device,
    outcome,
    effect: effectAlone(verdict),
    ignored: verdict.ignored,
    source: verdict.source,
    rule: verdict.rule,
    evidence,
  };
}

/** What question and report tell together: the time of the question, and of the client what either of them knows. The report, which is the later, knows more of the rest. */
export function together(asked: PolicyLogin, reported: PolicyLogin): PolicyLogin {
  const knower = reported.client.device === null ? asked : reported;
  return { ...reported, time: asked.time, views: knower.views, client: knower.client };
}
