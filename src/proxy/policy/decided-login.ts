import type { LoginEnd, LoginFacts, Verdict } from '../../model/index.js';
import type { AttemptOutcome, Credentials } from '../attempt.js';
import type { EndSignal } from '../ending.js';
import type { LoginPolicy } from '../ports.js';
import type { Tarpits } from './tarpits.js';

/** One attempt, as the policy is asked about it. */
export interface DecidedAttempt<Answer> {
  /** What is known now: asked for each time, since a backend and a late user name come in between. */
  readonly login: () => LoginFacts;
  /** Not to be wiped before the decision is there. */
  readonly password: Uint8Array | null;
  /** Fires when the client has gone. */
  readonly signal: EndSignal;
  /** Tries the credentials at a backend. Called once or never. */
  readonly authenticate: () => Promise<Answer>;
}

/** How an attempt came out. `verdict` is the one that is worth a word in the log; null where the policy was not asked. */
export type DecidedLogin<Answer> =
  /** The backend's answer counts. */
  | { readonly by: 'backend'; readonly answer: Answer; readonly verdict: Verdict | null }
  /** Refused. Where the backend had said yes before, its answer is there, and a link in it is to be closed. */
  | {
      readonly by: 'policy';
      readonly message: string | null;
      readonly answer: Answer | null;
      readonly verdict: Verdict;
    }
  /** Too many wait already: to be put off with the protocol's temporary error. A backend was not asked. */
  | { readonly by: 'full_tarpits'; readonly verdict: Verdict }
  /** The client went while it waited. A backend was not asked, and nothing was reported. */
  | { readonly by: 'leaving'; readonly verdict: Verdict };

/**
 * A login with a policy, in the order of Dovecot: the question before, the tarpit, the backend, the question after a success, the report. A mechanism that shows no user
 * yet (CRAM-MD5) is not asked about before; Dovecot knows the user then, and a proxy does not.
 */
export async function decideLogin<Answer extends { readonly outcome: AttemptOutcome }>(
  policy: LoginPolicy,
  tarpits: Pick<Tarpits, 'hold'>,
  { login, password, signal, authenticate }: DecidedAttempt<Answer>,
): Promise<DecidedLogin<Answer>> {
  const report = (end: LoginEnd) => policy.report(login(), password, end);
  const refused = { success: false, policyReject: true, failType: 'policy' } as const;
  const known = login();
  const before = known.user === null ? null : await policy.beforeAuth(known, password);
  if (before !== null) {
    if (before.action === 'reject') {
      report(refused);
      return { by: 'policy', message: before.message, answer: null, verdict: before };
    }
    const held = before.action === 'tarpit' ? await tarpits.hold(before.seconds, signal) : 'waited';
    if (held === 'left' || signal.aborted) return { by: 'leaving', verdict: before };
    if (held === 'full') {
      report({ success: false, policyReject: false, failType: 'internal' });
      return { by: 'full_tarpits', verdict: before };
    }
  }
  const answer = await authenticate();
  if (answer.outcome !== 'succeeded') {
    const failType = answer.outcome === 'failed' ? 'credentials' : 'internal';
    report({ success: false, policyReject: isIgnoredReject(before), failType });
    return { by: 'backend', answer, verdict: before };
  }
  const after = await policy.afterAuth(login(), password);
  if (after.action === 'reject') {
    report(refused);
    return { by: 'policy', message: after.message, answer, verdict: after };
  }
  report({ success: true, policyReject: isIgnoredReject(before) || isIgnoredReject(after), failType: null });
  return { by: 'backend', answer, verdict: before === null || after.ignored !== null ? after : before };
}

/** The password that is hashed for the policy: of mechanisms that show one. */
export function passwordShown(credentials: Credentials): Uint8Array | null {
  return credentials.kind === 'password' ? credentials.password.reveal() : null;
}

/** Dovecot reports a refusal that was only to be logged as one, of a login that went well. */
function isIgnoredReject(verdict: Verdict | null): boolean {
  return verdict?.ignored?.action === 'reject';
}
