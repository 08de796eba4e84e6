import type { Asked } from '../../../../src/policy/client/variables.js';
import { proxiedLogin } from '../../../harness/proxied-login.js';

/** A question about a login of Mutt's, with what a test says instead. */
export function asked(changes: Partial<Asked> = {}): Asked {
  const login = proxiedLogin();
  return {
    login,
    user: login.user!,
    hashedPassword: '0087',
    failType: '',
    clientName: 'Mutt 2.2.9',
    openssl: '3.0',
    ...changes,
  };
}
