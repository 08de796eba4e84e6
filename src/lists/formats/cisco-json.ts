import { SensorError } from '../../errors.js';
import { ja3OfLists } from '../../fingerprint/index.js';
import { optionalText, stringOrNull } from '../fields.js';
import { isObject } from '../json-records.js';
import { dayOf, labelRow, weightOfShare } from '../label.js';
import { MAX_PROCESSES } from '../limits.js';
import { ja3ListsOfNpf } from '../npf.js';
import type { JsonFormat, JsonObject, Rows } from '../rows.js';

/** What such databases are made of is mostly web traffic; what calls itself mail may be a mail program, asking a web service or not. */
export function kindOfCategory(category: unknown): string {
  return category === 'email' ? 'user agent' : 'http';
}

/**
 * The fingerprint database of cisco's joy and mercury: one object a fingerprint, in the notation of mercury's doc/npf.md, with the processes it was seen of.
 * The JA3 follows from it exactly; each process is a label that weighs as much as it was frequent. Fingerprints of other protocols are passed over.
 */
export const ciscoJson: JsonFormat = {
  name: 'cisco-json',
  title: 'cisco joy or mercury fingerprint database (JSON lines)',
  reads: 'objects',
  gives: 'labels',
  recognise: (object) => 'str_repr' in object && 'process_info' in object,
  open:
    (rows, { source = 'cisco-npf', licence = 'BSD-2-Clause or BSD-3-Clause' }) =>
    (object, line) => {
      const type = object.fp_type;
      if (typeof type === 'string' && type !== 'tls') {
        rows.passedOver++;
        return;
      }
      readFingerprint(object, line, rows, { source, licence });
    },
};

function readFingerprint(
  object: JsonObject,
  line: number,
  rows: Rows,
  origin: { readonly source: string; readonly licence: string },
): void {
  const string = stringOrNull(object, 'str_repr');
  if (string === null) throw new SensorError('missing_value', 'str_repr', 0, 'is missing');
  const value = { value: ja3OfLists(ja3ListsOfNpf(string)), repair: null };
  const processes = object.process_info;
  if (!Array.isArray(processes)) throw new SensorError('missing_value', 'process_info', 0, 'is no list');
  if (processes.length > MAX_PROCESSES)
    throw new SensorError('bad_number', 'process_info', 0, 'has too many processes');
  let named = 0;
  for (const entry of processes) {
    if (!isObject(entry)) throw new SensorError('bad_json', 'process_info', 0, 'has a member that is no object');
    const client = optionalText(entry.process, 'process');
    if (client === '') continue;
    named++;
    const kind = entry.malware === true ? 'malware' : kindOfCategory(entry.application_category);
    const weight = weightOfShare(entry.prevalence ?? shareOf(entry.count, object.total_count));
    const facts = { client, kind, weight, ...origin, sourceRow: line, captured: dayOf(object.last_seen) };
    rows.label(line, labelRow('ja3', value, facts));
  }
  if (named === 0) rows.passedOver++;
}

function shareOf(count: unknown, total: unknown): number | null {
  return typeof count === 'number' && typeof total === 'number' && total > 0 ? count / total : null;
}
