/** Damerau's distance: letters put in, left out, replaced, or two neighbours swapped. */
function distance(one: string, other: string): number {
  const rows: number[][] = [Array.from({ length: other.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= one.length; i++) {
    const row = [i];
    for (let j = 1; j <= other.length; j++) {
      const same = one[i - 1] === other[j - 1];
      let least = Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, rows[i - 1]![j - 1]! + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      if (swapped) least = Math.min(least, rows[i - 2]![j - 2]! + 1);
      row.push(least);
    }
    rows.push(row);
  }
  return rows[one.length]![other.length]!;
}

/** Letters beyond which nothing is a slip any more. */
const LONGEST = 64;

/** The word that was meant, where one is near: one slip in four letters. Hyphens for underscores and capitals are none. */
export function nearMiss(word: string, known: readonly string[]): string | null {
  if (word.length > LONGEST) return null;
  const plain = word.toLowerCase().replaceAll('-', '_');
  let best: string | null = null;
  let least = Math.max(1, Math.floor(plain.length / 4)) + 1;
  for (const candidate of known) {
    const slips = distance(plain, candidate.toLowerCase());
    if (slips < least) [best, least] = [candidate, slips];
  }
  return best;
}
