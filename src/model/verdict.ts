import type { ProxiedLogin } from './login.js';

/** What becomes of a login. */
export type VerdictEffect =
  | { readonly action: 'allow' }
  /** The login waits before its password is tried. Whole seconds, at least 1. */
  | { readonly action: 'tarpit'; readonly seconds: number }
  /** `message` is for the client, one line without control characters; null: the protocol's standard words. */
  | { readonly action: 'reject'; readonly message: string | null };

/**
 * Whose word it is.
 *
 * - `rules`: our own rules.
 * - `list`: an entry of our own allow or block list; `rule` is `allow list` or `block list`.
 * - `server`: a policy server's.
 * - `failure`: nobody could be asked, and the setting for that case decided.
 * - `off`: this check is switched off.
 */
export type VerdictSource = 'rules' | 'list' | 'server' | 'failure' | 'off';

/** What a policy says of a login, and why. */
export type Verdict = VerdictEffect & {
  /** The name of the rule that said so; null where none did, or it was not told. */
  readonly rule: string | null;
  readonly source: VerdictSource;
  /** What it would have been, where policies are only to be logged or come too late to make a login wait; null elsewhere. */
  readonly ignored: VerdictEffect | null;
};

/** A login as far as it is known when a policy is asked. Never with a password or SASL data. */
export type LoginFacts = Omit<ProxiedLogin, 'outcome' | 'reason' | 'reasonCode' | 'verdict'>;

/** Why a login failed, in the words of Dovecot's `fail_type`; `policy` goes before all others. */
export type FailType = 'internal' | 'credentials' | 'account' | 'expired' | 'disabled' | 'policy';

/** How a login ended, for those who keep count. */
export interface LoginEnd {
  readonly success: boolean;
  /** A policy refused it. */
  readonly policyReject: boolean;
  /** null: it succeeded. */
  readonly failType: FailType | null;
}
