import type { KnownValue } from '../../model/index.js';

/** What a row counts besides its texts. */
export const ROW_BYTES = 512;

/** Characters of these strings. */
export function textOfValues(values: readonly (KnownValue | null)[]): number {
  return values.reduce((sum, value) => sum + (value?.string?.length ?? 0), 0);
}

/** A copy that can travel to another thread. */
export const plainValue = (value: KnownValue | null): KnownValue | null =>
  value === null ? null : { string: value.string, hash: value.hash };
