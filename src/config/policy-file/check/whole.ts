import type { Report } from '../../report.js';
import type { PolicyDraft } from '../draft.js';

const OTHERS_MAY_READ = 0o004;

/** What concerns no rule and no address. @param mode of the file itself */
export function checkWhole({ root, rules }: PolicyDraft, mode: number, report: Report): void {
  if (root.group !== undefined && root.user === undefined && !report.has(['user'])) {
    report.error(['group'], 'needs a user too', 'key');
  }
  if (rules.length === 0 && !report.has(['rules'])) {
    report.warning([], 'has no rules: nothing is decided but what the lists say');
  }
  if ((mode & OTHERS_MAY_READ) === 0) return;
  for (const of of ['ask', 'manage'] as const) {
    for (const kind of ['password', 'api_key'] as const) {
      if (root[of]?.[kind] === undefined) continue;
      report.warning(
        [of, kind],
        'every user of this machine may read this secret; chmod o-r would stop that, or a file of its own',
        'key',
      );
    }
  }
}
