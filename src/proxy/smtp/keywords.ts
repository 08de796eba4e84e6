/** RFC 5321 section 4.1.1.1, ehlo-line: a keyword, and parameters of printable characters. */
const EHLO_LINE = /^[A-Za-z0-9][A-Za-z0-9-]*(?:[ =][\x21-\x7e]+)*$/;

/** About the login, or about who may say who somebody is: dialogues have their own. `AUTH=` is how servers wrote AUTH before RFC 2554. */
const OF_THE_LOGIN = /^(?:AUTH|STARTTLS|XCLIENT|XFORWARD)(?:[ =]|$)/i;

/** A line of an EHLO answer that is handed on to clients word for word. */
export function isPassedOn(line: string): boolean {
  return EHLO_LINE.test(line) && !OF_THE_LOGIN.test(line);
}

/** The parameters of a keyword in the lines of an EHLO answer, in capitals; null where it is not there. */
export function parametersOf(keyword: string, lines: readonly string[]): readonly string[] | null {
  const found = lines
    .map((line) => line.toUpperCase().split(/[ =]+/))
    .filter((words) => words[0] === keyword)
    .map((words) => words.slice(1).filter((word) => word !== ''));
  return found.length === 0 ? null : [...new Set(found.flat())];
}
