import type { Draft } from '../draft.js';
import type { Report } from '../report.js';
import { isLoopback } from '../texts.js';

/** What concerns no listener and no backend alone. */
export function checkWhole({ root, listeners }: Draft, report: Report): void {
  if (report.has(['record']) && root.record === true && root.database === undefined && !report.has(['database'])) {
    report.error(['record'], 'there is no database to record in', 'key');
  }
  if (root.group !== undefined && root.user === undefined && !report.has(['user'])) {
    report.error(['group'], 'needs a user too', 'key');
  }
  const { limits, policy } = root;
  if (policy?.server?.startsWith('http://') === true && !isLocalUrl(policy.server)) {
    report.warning(['policy', 'server'], 'names, addresses and parts of password hashes cross the network in clear');
  }
  if (limits !== undefined && limits.max_bytes_before_login < limits.max_line) {
    report.error(['limits', 'max_bytes_before_login'], 'is less than max_line');
  }
  if (limits !== undefined && limits.login_timeout < limits.handshake_timeout) {
    report.warning(['limits', 'login_timeout'], 'is less than handshake_timeout, which is then never reached');
  }
  const names = new Map<string, number>();
  for (const [i, listener] of listeners.entries()) {
    const name = listener?.name;
    if (name === undefined) continue;
    const before = names.get(name);
    if (before !== undefined) report.error(['listeners', i, 'name'], `is the name of listener ${before + 1}`);
    else names.set(name, i);
  }
}

function isLocalUrl(url: string): boolean {
  return URL.canParse(url) && isLoopback(new URL(url).hostname.replace(/^\[|\]$/g, ''));
}
