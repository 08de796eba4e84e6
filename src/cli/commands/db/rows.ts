import type { Recognizer } from '../../../recognize/index.js';
import type { Column } from '../../../report/index.js';
import { programText } from '../../../report/index.js';
import type { FingerprintSummary } from '../../../store/index.js';
import type { Json } from './answer.js';
import { seenJson } from './seen.js';
import { HASH, shownTime, TIME, tableOf } from './text.js';
import { shownValue, subjectOfStored, viewsJson } from './views.js';

const COLUMNS: readonly Column[] = [
  { head: 'ID', usual: 4 },
  { head: 'HELLOS', usual: 6 },
  { head: 'LOGINS', usual: 6 },
  { head: 'FIRST SEEN (UTC)', ...TIME },
  { head: 'LAST SEEN', ...TIME },
  { head: 'PROGRAM', usual: 24, least: 14, bold: true },
  { head: 'FINGERPRINT', ...HASH },
];

/** Recorded fingerprints, a line each. */
export function fingerprintTable(rows: readonly FingerprintSummary[], recognizer: Recognizer): Promise<string> {
  return tableOf(
    COLUMNS,
    rows.map(({ id, views, hellos, logins, firstSeen, lastSeen }) => [
      String(id),
      String(hellos),
      String(logins),
      shownTime(firstSeen),
      shownTime(lastSeen),
      programText(recognizer.recognize(subjectOfStored(views))) || '-',
      shownValue(views),
    ]),
  );
}

export function fingerprintRowJson(row: FingerprintSummary, recognizer: Recognizer): Json {
  const { rung, family, candidates } = recognizer.recognize(subjectOfStored(row.views));
  return {
    id: row.id,
    whole: row.whole,
    ...seenJson(row),
    ...viewsJson(row.views),
    rung,
    family,
    clients: [...new Set(candidates.map(({ label }) => label.client))],
  };
}
