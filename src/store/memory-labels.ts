import type { KnownViews, LabelRow } from '../model/index.js';
import { distinctLabels, isEmpty, labelKey, sameContent, withoutId } from './label-key.js';
import type { LabelFilter, LabelStore, Stored, StoredLabel } from './surface/index.js';

interface Held {
  label: StoredLabel;
  removed: boolean;
}

/** Labels in memory: the same answers as the labels table's. */
export class MemoryLabels implements LabelStore {
  readonly #held = new Map<string, Held>();
  readonly #hellos: () => Iterable<KnownViews>;

  /** @param hellos views of the hellos seen whole */
  constructor(hellos: () => Iterable<KnownViews>) {
    this.#hellos = hellos;
  }

  all(): readonly LabelRow[] {
    return this.list().map(withoutId);
  }

  references(): readonly LabelRow[] {
    const strings = new Map<string, string | null>();
    for (const { ja3, sslJa3 } of this.#hellos()) {
      if (ja3 !== null) strings.set(`ja3 ${ja3.hash}`, ja3.string);
      for (const value of [sslJa3['3.5'], sslJa3['3.0']]) {
        if (value !== null) strings.set(`ssl_ja3 ${value.hash}`, value.string);
      }
    }
    return this.all().map((row) => ({ ...row, string: row.string ?? strings.get(`${row.view} ${row.hash}`) ?? null }));
  }

  seed(rows: Iterable<LabelRow>): Stored {
    const { distinct, duplicates } = distinctLabels(rows);
    const added = distinct.filter((row) => this.insert(row, false)).length;
    return { added, known: distinct.length - added + duplicates };
  }

  add(row: LabelRow): { readonly label: StoredLabel; readonly added: boolean } {
    const added = this.insert(row, true);
    return { label: this.#held.get(labelKey(row))!.label, added };
  }

  list(filter: LabelFilter = {}): readonly StoredLabel[] {
    return [...this.#held.values()]
      .filter(({ label, removed }) => !removed && fits(label, filter))
      .map(({ label }) => label);
  }

  remove(which: readonly number[] | LabelFilter): readonly StoredLabel[] {
    const ids = Array.isArray(which) ? new Set<number>(which) : null;
    if (ids === null && isEmpty(which as LabelFilter)) {
      throw new RangeError('a filter that removes labels needs a condition');
    }
    const chosen = ids === null ? this.list(which as LabelFilter) : this.list().filter(({ id }) => ids.has(id));
    for (const label of chosen) this.#held.get(labelKey(label))!.removed = true;
    return chosen;
  }

  clear(): void {
    this.#held.clear();
  }

  /** @returns whether anything changed */
  insert(row: LabelRow, alsoRemoved: boolean): boolean {
    const key = labelKey(row);
    const before = this.#held.get(key);
    if (before?.removed === true ? !alsoRemoved : before !== undefined && sameContent(before.label, row)) return false;
    this.#held.set(key, { label: { ...row, id: before?.label.id ?? this.#held.size + 1 }, removed: false });
    return true;
  }
}

function fits(label: StoredLabel, { view, hash, name, source, kind, quality }: LabelFilter): boolean {
  const part = name?.toLowerCase();
  return (
    (view === undefined || label.view === view) &&
    (hash === undefined || label.hash === hash) &&
    (source === undefined || label.source === source) &&
    (kind === undefined || label.kind === kind) &&
    (quality === undefined || label.quality === quality) &&
    (part === undefined || label.client.toLowerCase().includes(part) || label.tlsLibrary.toLowerCase().includes(part))
  );
}
