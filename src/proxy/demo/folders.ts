const NAME = 'INBOX';

/**
 * What LIST and LSUB (RFC 9051 section 6.3.9) find: INBOX, or the hierarchy's separator where nothing is asked for.
 *
 * @param command `LIST` or `LSUB`, for the answer
 */
export function listed(command: string, reference: string, pattern: string): readonly string[] {
  if (pattern === '') return [`* ${command} (\\Noselect) "/" ""`];
  return fits((reference + pattern).toUpperCase()) ? [`* ${command} (\\HasNoChildren) "/" INBOX`] : [];
}

/** `*` and `%` stand for anything, as there is no separator in the name. */
function fits(pattern: string): boolean {
  const [first = '', ...others] = pattern.split(/[*%]+/);
  const last = others.pop();
  if (last === undefined) return pattern === NAME;
  if (!NAME.startsWith(first)) return false;
  let at = first.length;
  for (const piece of others) {
    const found = NAME.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return NAME.length - at >= last.length && NAME.endsWith(last);
}
