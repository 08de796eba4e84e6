import { cleanUser } from '../write/clean.js';
import { MAX_MECHANISM, MAX_SERVER_NAME } from '../write/limits.js';
import { MAX_SHOWN_NAME } from './limits.js';

/** What ends a name or an element in lines like these: nothing that a stranger chose may hold it, or it could be taken for an element. */
const brackets = /[<>]/g;
const notShown = /[^ -~]|[<>,]/g;
const notWord = /[^!-~]|[<>,]/g;

/**
 * A user's name as Dovecot shows it, and `?` for `<` and `>` too. Dovecot leaves those: a name like `x>, rip=192.0.2.9` then tells fail2ban nothing, or of
 * somebody else's address.
 */
export const shownUser = (name: string): string => cleanUser(name).replace(brackets, '?');

/** A mechanism, as the client spells it: any text where there is none such. */
export const shownMechanism = (name: string): string => name.slice(0, MAX_MECHANISM).replace(notWord, '?');

/** Names without spaces: of sessions, listeners, servers. */
export const shownWord = (name: string): string => name.slice(0, MAX_SERVER_NAME).replace(notWord, '?');

/** A name of more than one word: a client's, a rule's. */
export const shownName = (name: string): string => name.slice(0, MAX_SHOWN_NAME).replace(notShown, '?');
