/** RFC 2449 section 3, capa-resp: a tag, and parameters of printable characters. */
const CAPABILITY = /^[A-Za-z0-9][!-~]*(?: +[!-~]+)* *$/;

/**
 * About the login, or commands that come before it (RFC 6856) and are not handed on: dialogues have their own. RESP-CODES is always theirs.
 */
const OF_THE_LOGIN = /^(?:STLS|USER|SASL|APOP|AUTH|XCLIENT|XOIP|RESP-CODES|UTF8|LANG)(?: |$)/i;

/** A line of CAPA that is handed on to clients word for word. */
export function isPassedOn(line: string): boolean {
  return CAPABILITY.test(line) && !OF_THE_LOGIN.test(line);
}
