import { setImmediate } from 'node:timers/promises';
import { REPLAYED_AT_ONCE } from './limits.js';

/**
 * Hands on rows one after the other, and lets signals and the terminal have their turn in between.
 *
 * @param onTurn called with each row behind which there is a turn
 * @returns the last row that was handed on where `signal` cut it short; null where all were
 */
export async function takeAll<Row>(
  rows: Iterable<Row>,
  take: (row: Row) => void,
  signal: AbortSignal,
  onTurn: (row: Row) => void,
): Promise<Row | null> {
  let taken = 0;
  for (const row of rows) {
    take(row);
    if (++taken % REPLAYED_AT_ONCE !== 0) continue;
    onTurn(row);
    await setImmediate();
    if (signal.aborted) return row;
  }
  return null;
}
