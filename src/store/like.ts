/** A pattern for `LIKE … ESCAPE '\'` that means the text and nothing else. */
export function like(text: string, where: 'anywhere' | 'start'): string {
  const escaped = text.replace(/[\\%_]/g, '\\$&');
  return where === 'start' ? `${escaped}%` : `%${escaped}%`;
}
