import type { LabelVia } from '../../../model/index.js';
import { type LabelFilter, memoryStore } from '../../../store/index.js';
import { type ExitCode, UsageError } from '../../exit-codes.js';
import { openForRecording } from '../../label-source.js';
import { give } from './answer.js';
import { withKnown, withStore } from './database.js';
import { type RawLabelValues, readLabel } from './label-input.js';
import { dbOptions, type RawDbOptions } from './options.js';
import { labelTable, labelWithId } from './search.js';
import { ofCase } from './views.js';

export interface RawFilter extends RawDbOptions {
  readonly view?: LabelVia;
  readonly hash?: string;
  readonly source?: string;
  readonly kind?: string;
  readonly quality?: string;
}

/** Lists labels. @returns `failed` where there are none */
export async function labelList(name: string | undefined, raw: RawFilter): Promise<ExitCode> {
  const { database, json } = dbOptions(raw);
  const filter = { ...filterOf(raw), ...(name === undefined ? {} : { name }) };
  return withKnown(database, (known) => {
    // Numbers are those of a database: without one there is none to remove a label by.
    const labels =
      known.store?.labels.list(filter) ??
      seeded(known.labels())
        .labels.list(filter)
        .map(({ id: _id, ...label }) => label);
    return give(
      {
        json: { labels: labels.map(labelWithId) },
        text: () => labelTable(labels),
        nothing: labels.length === 0 ? 'there is no such label' : null,
      },
      json,
    );
  });
}

function seeded(labels: Parameters<ReturnType<typeof memoryStore>['labels']['seed']>[0]) {
  const store = memoryStore();
  store.labels.seed(labels);
  return store;
}

/** Adds a label, in a database that is made where there is none. */
export async function labelAdd(client: string, value: string, raw: RawDbOptions & RawLabelValues): Promise<ExitCode> {
  const { database, json } = dbOptions(raw);
  // Wrong arguments are told before anything is made.
  const readWith = readLabel(client, value, raw);
  const store = await openForRecording(database);
  try {
    const { label, added } = store.labels.add(readWith(store));
    return await give(
      {
        json: { added, label: labelWithId(label) },
        text: async () => `${added ? 'added' : 'already there'}:\n${await labelTable([label])}`,
      },
      json,
    );
  } finally {
    store.close();
  }
}

/** Removes labels for good. @returns `failed` where there is none of them */
export async function labelRemove(ids: readonly string[], raw: RawFilter): Promise<ExitCode> {
  const { database, json } = dbOptions(raw);
  const filter = filterOf(raw);
  const conditions = Object.keys(filter).length;
  if (ids.length > 0 && conditions > 0)
    throw new UsageError('choose labels by their numbers or by a filter, not by both');
  if (ids.length === 0 && conditions === 0) {
    throw new UsageError(
      'say which labels: their numbers (db label list has them), or --hash, --source, --kind, --quality, --view',
    );
  }
  const wrong = ids.find((id) => !/^\d{1,15}$/.test(id));
  if (wrong !== undefined) throw new UsageError(`${wrong} is no number of a label: db label list has them`);
  return withStore(database, 'write', (store) => {
    const removed = store.labels.remove(ids.length > 0 ? ids.map(Number) : filter);
    return give(
      {
        json: { removed: removed.map(labelWithId) },
        text: async () => (removed.length === 0 ? '' : `removed:\n${await labelTable(removed)}`),
        nothing: removed.length === 0 ? 'there is no such label' : null,
      },
      json,
    );
  });
}

function filterOf({ view, hash, source, kind, quality }: RawFilter): LabelFilter {
  return {
    ...(view === undefined ? {} : { view }),
    ...(hash === undefined ? {} : { hash: ofCase(hash) }),
    ...(source === undefined ? {} : { source }),
    ...(kind === undefined ? {} : { kind }),
    ...(quality === undefined ? {} : { quality }),
  };
}
