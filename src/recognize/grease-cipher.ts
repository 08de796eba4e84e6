/**
 * The 16 GREASE cipher suites in decimal (RFC 8701 section 2): 0x0A0A, 0x1A1A, … 0xFAFA. Between the separators of a JA3-like string, so that no longer
 * number matches.
 */
const VALUES = Array.from({ length: 16 }, (_, high) => 0x0a0a + 0x1010 * high);
const GREASE = new RegExp(`(?<=[,-])(?:${VALUES.join('|')})(?=[,-])`, 'g');

/** True where the cipher field of a ja3-like string, its second, has a GREASE cipher. */
export function hasGreaseCipher(string: string): boolean {
  const [start, end] = cipherField(string);
  return string.slice(start, end).search(GREASE) >= 0;
}

/** The string with every GREASE cipher made the first one: what 16 hellos of one client have in common. */
export function canonicalGrease(string: string): string {
  return withGrease(string, VALUES[0]!);
}

/** The 16 strings a client with this one may have. Real ones grease a single cipher. */
export function greaseDraws(string: string): readonly string[] {
  return VALUES.map((value) => withGrease(string, value));
}

function withGrease(string: string, value: number): string {
  const [start, end] = cipherField(string);
  return string.slice(0, start) + string.slice(start, end).replaceAll(GREASE, String(value)) + string.slice(end);
}

/** The second field with the commas on both its sides. */
function cipherField(string: string): readonly [start: number, end: number] {
  const start = string.indexOf(',');
  if (start < 0) return [string.length, string.length];
  const end = string.indexOf(',', start + 1);
  return [start, end < 0 ? string.length : end + 1];
}
