import type { LabelRow, ObservationRow } from '../model/index.js';
import { observationKey, shapeKey } from './keys.js';
import { distinctLabels, labelKey } from './label-key.js';
import type { Store, StoreCounts, Stored } from './store.js';

/** The store without a file: what names hellos where there is no database, and what other rooms are tested with. Gone when the process ends. */
export function memoryStore(): Store {
  return new MemoryStore();
}

class MemoryStore implements Store {
  readonly #labels = new Map<string, LabelRow>();
  readonly #shapes = new Set<string>();
  readonly #observations = new Set<string>();

  labels(): readonly LabelRow[] {
    return [...this.#labels.values()];
  }

  seedLabels(rows: Iterable<LabelRow>): Stored {
    const { distinct, duplicates } = distinctLabels(rows);
    const { added, known } = tally(distinct, (row) => {
      const key = labelKey(row);
      const before = this.#labels.get(key);
      if (before !== undefined && same(before, row)) return false;
      this.#labels.set(key, row);
      return true;
    });
    return { added, known: known + duplicates };
  }

  record(rows: Iterable<ObservationRow>): Stored {
    return tally(rows, (row) => {
      this.#shapes.add(shapeKey(row.fingerprint).toString('latin1'));
      const before = this.#observations.size;
      this.#observations.add(observationKey(row).toString('latin1'));
      return this.#observations.size > before;
    });
  }

  counts(): StoreCounts {
    return { fingerprints: this.#shapes.size, labels: this.#labels.size, observations: this.#observations.size };
  }

  close(): void {
    this.#labels.clear();
    this.#shapes.clear();
    this.#observations.clear();
  }
}

function tally<Row>(rows: Iterable<Row>, isNew: (row: Row) => boolean): Stored {
  let added = 0;
  let known = 0;
  for (const row of rows) {
    if (isNew(row)) added++;
    else known++;
  }
  return { added, known };
}

function same(a: LabelRow, b: LabelRow): boolean {
  return (
    a.string === b.string &&
    a.kind === b.kind &&
    a.weight === b.weight &&
    a.quality === b.quality &&
    a.sourceRow === b.sourceRow &&
    a.licence === b.licence &&
    a.captured === b.captured
  );
}
