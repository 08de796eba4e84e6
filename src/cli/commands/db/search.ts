import type { LabelRow } from '../../../model/index.js';
import type { FingerprintSummary } from '../../../store/index.js';
import { type ExitCode, UsageError } from '../../exit-codes.js';
import { recognizerAmong } from '../../recognizer.js';
import { give, type Json } from './answer.js';
import { type Known, withKnown } from './database.js';
import { LABEL_COLUMNS, labelCells, labelJson } from './labels-text.js';
import { dbOptions, limitOption, type RawDbOptions } from './options.js';
import { fingerprintRowJson, fingerprintTable } from './rows.js';
import { HASH, tableOf } from './text.js';

export interface RawSearchOptions extends RawDbOptions {
  readonly limit?: string;
}

const DEFAULT_LIMIT = 20;

/** Labels and fingerprints that have the text. @returns `failed` where there are none */
export async function search(text: string, raw: RawSearchOptions): Promise<ExitCode> {
  const { database, json } = dbOptions(raw);
  const limit = raw.limit === undefined ? DEFAULT_LIMIT : limitOption(raw.limit);
  const wanted = text.trim();
  if (wanted === '') throw new UsageError('there is nothing to search for');
  return withKnown(database, async (known) => {
    const { labels, fingerprints } = searchIn(known, wanted, limit);
    const recognizer = await recognizerAmong(fingerprints.length === 0 ? [] : known.labels());
    return give(
      {
        json: {
          labels: labels.map(labelWithId),
          fingerprints: fingerprints.map((row) => fingerprintRowJson(row, recognizer)),
        },
        text: async () => {
          const tables = [await labelTable(labels), await fingerprintTable(fingerprints, recognizer)];
          return tables.filter((table) => table !== '').join('\n');
        },
        nothing: labels.length + fingerprints.length === 0 ? `nothing has ${wanted}` : null,
      },
      json,
    );
  });
}

/** Of a database it has its row number. */
type FoundLabel = LabelRow & { readonly id?: number };

export function labelWithId(label: FoundLabel): { readonly [key: string]: Json } {
  return { id: label.id ?? null, ...labelJson(label) };
}

export function labelTable(labels: readonly FoundLabel[]): Promise<string> {
  return tableOf(
    [{ head: 'ID', usual: 4 }, ...LABEL_COLUMNS, { head: 'VALUE', ...HASH }],
    labels.map((label) => [String(label.id ?? '-'), ...labelCells(label), label.hash]),
  );
}

function searchIn(
  { store, labels }: Known,
  text: string,
  limit: number,
): { readonly labels: readonly FoundLabel[]; readonly fingerprints: readonly FingerprintSummary[] } {
  if (store !== null) return store.fingerprints.search(text, limit);
  const part = text.toLowerCase();
  const has = (name: string): boolean => name.toLowerCase().includes(part);
  const found = labels().filter(
    ({ client, tlsLibrary, source, hash }) => has(client) || has(tlsLibrary) || has(source) || hash.startsWith(part),
  );
  return { labels: found.slice(0, limit), fingerprints: [] };
}
