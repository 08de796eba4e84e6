import { isJa4, md5 } from '../../../fingerprint/index.js';
import { openImport } from '../../../lists/index.js';
import type { LabelRow, LabelVia } from '../../../model/index.js';
import type { Store } from '../../../store/index.js';
import { UsageError } from '../../exit-codes.js';

/** What is told of a label beside its client and its value. */
export interface RawLabelValues {
  readonly view?: LabelVia;
  readonly clientVersion?: string;
  readonly tlsLibrary?: string;
  readonly kind?: string;
  readonly weight?: string;
  readonly source?: string;
  readonly licence?: string;
  readonly captured?: string;
}

const KEYS = {
  ja3: { hash: 'ja3_hash', string: 'ja3' },
  ssl_ja3: { hash: 'ssl_ja3_hash', string: 'ssl_ja3' },
  ja4: { hash: 'ja4', string: 'ja4_r' },
} as const;

/**
 * Reads the label of a command line, as an imported one is read: with the same checks.
 *
 * @returns what makes the label; a database is asked which view a value has, where that is not said
 * @throws UsageError; the returned function too
 */
export function readLabel(client: string, value: string, raw: RawLabelValues): (store: Store) => LabelRow {
  const ja4 = isJa4(value);
  const isHash = /^[0-9a-f]{32}$/i.test(value);
  const hash = ja4 ? value : isHash ? value.toLowerCase() : md5(value);
  if (ja4 && raw.view !== undefined && raw.view !== 'ja4') throw new UsageError(`a ja4 is no ${raw.view}`);
  if (!ja4 && raw.view === 'ja4') throw new UsageError(`${value} is no ja4`);
  const read = (view: LabelVia): LabelRow =>
    checked({
      client,
      version: raw.clientVersion ?? '',
      tls_library: raw.tlsLibrary ?? '',
      kind: raw.kind ?? 'user agent',
      weight: raw.weight === undefined ? 1 : Number(raw.weight),
      quality: 'operator',
      source: raw.source ?? 'operator',
      licence: raw.licence ?? 'own',
      captured: raw.captured ?? '',
      [KEYS[view].hash]: hash,
      ...(ja4 || isHash ? {} : { [KEYS[view].string]: value }),
    });
  const said = ja4 ? 'ja4' : (raw.view ?? null);
  if (said !== null) {
    const label = read(said);
    return () => label;
  }
  // A ja3 and an ssl_ja3 look alike: whatever is wrong besides is wrong in both.
  read('ssl_ja3');
  return (store) => read(viewOf(hash, store));
}

/** @throws UsageError */
function checked(object: Readonly<Record<string, string | number>>): LabelRow {
  const [row] = openImport(`${JSON.stringify(object)}\n`).rows;
  if (row?.type !== 'label') {
    throw new UsageError(row?.type === 'rejected' ? `${row.field} ${row.message}` : 'this is no label');
  }
  if (row.repair !== null) throw new UsageError('the string is no fingerprint');
  return row.label;
}

/** @throws UsageError where it was not recorded */
function viewOf(hash: string, store: Store): LabelVia {
  const views = store.fingerprints.find(hash).map((found) => found.views);
  if (views.some(({ ja3 }) => ja3?.hash === hash)) return 'ja3';
  if (views.length > 0) return 'ssl_ja3';
  throw new UsageError(
    'is this a ja3 (of the wire) or an ssl_ja3 (of Dovecot)? Nothing was recorded with it: say --view',
  );
}
