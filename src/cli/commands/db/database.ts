import { existsSync } from 'node:fs';
import { SensorError } from '../../../errors.js';
import type { LabelRow } from '../../../model/index.js';
import { openStore, type Store } from '../../../store/index.js';
import { UsageError } from '../../exit-codes.js';
import { type DatabaseChoice, shippedLabels } from '../../label-source.js';
import { say } from '../../say.js';

const HOW = '`ja3-sensor pcap --record FILE`, `log --record FILE` or `db import FILE` makes one';

/**
 * Opens the database, hands it to `work`, and closes it whatever becomes of that.
 *
 * @throws UsageError where a database that was asked for is not there; SensorError `database_missing` where the usual one is not, and as openStore and `work` do
 */
export async function withStore<T>(
  choice: DatabaseChoice,
  purpose: 'read' | 'write',
  work: (store: Store) => T | Promise<T>,
): Promise<T> {
  if (!existsSync(choice.path)) throw missing(choice);
  const store = await openStore(choice.path, { create: false, readOnly: purpose === 'read' });
  try {
    return await work(store);
  } finally {
    store.close();
  }
}

/** What names are found in: a database, or the labels of the package alone. */
export interface Known {
  /** null: there is no database. */
  readonly store: Store | null;
  /** For recognition: with the strings of recorded hellos. */
  readonly labels: () => readonly LabelRow[];
}

/**
 * The same for questions that the labels of the package answer too: where there is no database (and none was asked for) that is said, and they serve.
 */
export async function withKnown<T>(choice: DatabaseChoice, work: (known: Known) => T | Promise<T>): Promise<T> {
  if (existsSync(choice.path) || choice.explicit) {
    return withStore(choice, 'read', (store) => work({ store, labels: () => store.labels.references() }));
  }
  const labels = await shippedLabels();
  say(`no database at ${choice.path} yet, so names are those of the package (${HOW})`);
  return work({ store: null, labels: () => labels });
}

/** What is thrown where there is no database. */
export function missing({ path, explicit }: DatabaseChoice): Error {
  const text = `no database at ${path}: ${HOW}`;
  return explicit ? new UsageError(text) : new SensorError('database_missing', 'database', 0, text);
}
