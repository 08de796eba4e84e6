/**
 * Longer texts are looked for by their beginning: SQLite takes patterns of up to 50,000 bytes, and one UTF-16 unit becomes three at most.
 * https://www.sqlite.org/limits.html
 */
const MAX_TEXT = 16_000;

/** A pattern for `LIKE … ESCAPE '\'` that means the text and nothing else. */
export function like(text: string, where: 'anywhere' | 'start'): string {
  const escaped = text.slice(0, MAX_TEXT).replace(/[\\%_]/g, '\\$&');
  return where === 'start' ? `${escaped}%` : `%${escaped}%`;
}
