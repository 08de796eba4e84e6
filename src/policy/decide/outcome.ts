import type { LoginOutcome } from '../../model/index.js';
import type { LoginReport } from '../login.js';

/**
 * How a reported login ended.
 *
 * `policy` is Dovecot's word for what was refused; where the fail type was not told (2.3 does not by default), `policy_reject` says so. A fail type other than that goes before `policy_reject`, which
 * Dovecot also sets where a refusal was only to be logged and the password was wrong all the same. `internal` is the server's own failure: the attempt came to nothing (`none`), says nothing of
 * whoever made it, and is not counted.
 */
export function outcomeOf({ success, policyReject, failType }: LoginReport): LoginOutcome {
  if (success) return 'succeeded';
  switch (failType) {
    case 'policy':
      return 'refused';
    case 'internal':
      return 'none';
    case 'credentials':
    case 'account':
    case 'disabled':
    case 'expired':
      return 'failed';
    default:
      return policyReject ? 'refused' : 'failed';
  }
}
