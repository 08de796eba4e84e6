/**
 * Whether a text fits one of the patterns, where `*` stands for any characters, none included, and upper and lower case are one.
 *
 * Each part between two stars is looked for once, behind the part before it: no way back, so the time grows with the text and not with its powers.
 *
 * @param longest characters; a longer text fits no pattern
 */
export function namesLike(patterns: readonly string[], longest: number): (text: string) => boolean {
  const names = new Set<string>();
  const wild: (readonly string[])[] = [];
  for (const pattern of patterns) {
    const parts = pattern.toLowerCase().split('*');
    if (parts.length === 1) names.add(parts[0]!);
    else wild.push(parts);
  }
  return (text) => {
    if (text.length > longest) return false;
    const lower = text.toLowerCase();
    return names.has(lower) || wild.some((parts) => fits(lower, parts));
  };
}

/** @param parts at least two: what stands between the stars */
function fits(text: string, parts: readonly string[]): boolean {
  const first = parts[0]!;
  const last = parts.at(-1)!;
  const end = text.length - last.length;
  if (end < first.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (let i = 1; i < parts.length - 1; i++) {
    const part = parts[i]!;
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= end;
}
