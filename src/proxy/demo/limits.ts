/** Ceilings of the demonstration's IMAP server. */

/** Octets of a command, its literals included: what RFC 2683 section 3.2.1.5 asks servers to take, and a little more. Nothing can be put into the mailbox, so none needs more. */
export const MAX_COMMAND = 8192;

/** Data items of one FETCH. Clients ask for some ten; each can be the whole message. */
export const MAX_FETCH_ITEMS = 32;

/** Connections at a time: programs open a handful each. */
export const MAX_CONNECTIONS = 100;

/** Letters that are remembered; the one that was written first goes. A program has one or two: its first hello, and the one that resumes a session. */
export const MAX_LETTERS = 256;

/** Milliseconds of silence after which a connection is closed: before the login, long enough for somebody who types; after it, RFC 9051 section 5.4's half an hour. */
export const LOGIN_SILENCE = 600_000;
export const SILENCE = 1_800_000;

/** Commands that are none, and failed logins, of one connection before its login: somebody who types makes mistakes. */
export const MAX_BAD_COMMANDS = 20;
export const MAX_ATTEMPTS = 10;

/** Characters of a line of the letter: RFC 5322 section 2.1.1 would have 78 at most. */
export const LETTER_WIDTH = 76;

/** Characters of a name or value that the letter shows in one line: RFC 5322 section 2.1.1 forbids more than 998 in one, and whoever is on this machine can tell the server anything. */
export const MAX_SHOWN = 200;
