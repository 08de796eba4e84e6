/**
 * Rows of `heard` lie in the order of time, by their very numbers: milliseconds, then what tells those of one millisecond apart. An index by time would take a
 * sixteenth of the room and one more page for each row that is written.
 */
export const PER_MILLISECOND = 1024;

/** Numbers above 2^53 are not exact: the year 2248, and as far before 1970. */
const LATEST = Math.floor(Number.MAX_SAFE_INTEGER / PER_MILLISECOND) - 1;

/** The lowest number of a moment. @param time milliseconds since 1970-01-01 UTC; a wrong clock's is held to what can be told, NaN to 1970 */
export function firstId(time: number): number {
  const milliseconds = Number.isNaN(time) ? 0 : Math.floor(time);
  return Math.max(-LATEST, Math.min(LATEST, milliseconds)) * PER_MILLISECOND;
}

export function timeOf(id: number): number {
  return Math.floor(id / PER_MILLISECOND);
}
