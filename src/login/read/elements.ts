import { SensorError } from '../../errors.js';
import { Elements, keyOf, setElement } from './element.js';
import { MAX_ELEMENTS } from './limits.js';

/**
 * A login line without the setting it was made by: `Logged in: user=<…>, method=PLAIN, rip=…, lip=…, TLS, session=<…>, ssl_ja3_hash=…`.
 *
 *     what it says: user=<any text, even >, rip=6.6.6.6, session=<x>, method=PLAIN, rip=192.0.2.7, lip=…, session=<…>, …
 *                         ^ the name begins                        ^ ends            ^ the last `, rip=`
 *
 * Dovecot puts a user's name in as it came (str_sanitize turns control characters and broken UTF-8 into `?` and cuts at 80 bytes, no more), so a name may
 * look like any element. Behind the name stands nothing that the client writes, hence: the last `, rip=` is Dovecot's own, and the name ends at the last
 * `>, ` before it, wherever it pretends to end. What is behind that is believed, each key once: one that comes twice is believed neither time.
 */
export interface LineParts {
  /** All before the elements. */
  readonly text: string;
  readonly elements: Elements;
}

const USER = 'user=<';

/** 2.3 and 2.4 */
export const NO_MECHANISM = /unsupported auth mechanism/;

/** @throws SensorError `log_elements`: a name without an end */
export function readElements(message: string): LineParts | null {
  const rip = lastRip(message);
  let nameEnd = rip < 0 ? -1 : message.lastIndexOf('>, ', rip);
  const at = elementsStart(message, nameEnd);
  if (at < 0) return null;
  const elements = new Elements();
  const text = message.slice(0, at);
  const name = message.startsWith(USER, at + 2) ? at + 2 : message.indexOf(`, ${USER}`, at) + 2;
  if (name < 2) {
    // No name in this format: everything is Dovecot's own
    readTail(message, at + 2, elements);
    return { text, elements };
  }
  // Elements before the name; the name cannot reach them
  if (name > at + 2) readTail(message.slice(0, name - 2), at + 2, elements);
  if (nameEnd < name + USER.length) nameEnd = endWithoutRip(message, name);
  // Where there is no such mechanism its name is the client's own text, in ManageSieve's quotes even with spaces: `X, TLS`, `X>, user=<mallory>`. The name of
  // the user then ends early, and what is believed begins with the address.
  const noMechanism = rip > nameEnd && NO_MECHANISM.test(text);
  const early = noMechanism ? message.indexOf('>, method=', name + USER.length - 1) : -1;
  elements.user = message.slice(name + USER.length, early < 0 ? nameEnd : early);
  readTail(message, noMechanism ? rip + 2 : nameEnd + 3, elements);
  return { text, elements };
}

/** Forwards, since that is the faster search: a line ends in a long fingerprint. */
function lastRip(message: string): number {
  let last = -1;
  for (let at = message.indexOf(', rip='); at >= 0; at = message.indexOf(', rip=', at + 1)) last = at;
  return last;
}

/** Where `: ` stands before the elements. */
function elementsStart(message: string, nameEnd: number): number {
  const first = message.indexOf(`: ${USER}`);
  if (first < 0) return message.search(/: (?:rip|lip|method|session|[a-z0-9_]*ja3[a-z0-9_]*)=/);
  if (!message.startsWith('proxy(')) return first;
  // What a proxy says begins with the same name, which may hold `: user=<` too: the one that is behind the whole of it.
  for (let at = first; at >= 0 && at < nameEnd; at = message.indexOf(`: ${USER}`, at + 1)) {
    const name = message.slice(at + 2 + USER.length, nameEnd);
    if (beginsWithName(message.slice('proxy('.length, at), name)) return at;
  }
  return -1;
}

/** Whether `text` is `NAME,host…` for a name that was sanitised: `?` for what could not be printed, `...` where it was cut. */
function beginsWithName(text: string, name: string): boolean {
  const cut = name.endsWith('...');
  const length = cut ? name.length - 3 : name.length;
  if (!cut && text[length] !== ',') return false;
  for (let i = 0; i < length; i++) if (name[i] !== text[i] && name[i] !== '?') return false;
  return true;
}

/** Without a rip behind the name: the last place where it may end. */
function endWithoutRip(message: string, name: number): number {
  const end = message.lastIndexOf('>, ');
  if (end >= name + USER.length) return end;
  if (message.endsWith('>')) return message.length - 1;
  throw new SensorError('log_elements', 'user', name, 'the user name has no end: the line is cut');
}

function readTail(message: string, from: number, elements: Elements): void {
  let count = 0;
  for (let at = from; at < message.length && count < MAX_ELEMENTS; count++) {
    const comma = message.indexOf(', ', at);
    const end = comma < 0 ? message.length : comma;
    const equals = message.indexOf('=', at);
    if (equals < 0 || equals > end) {
      readWord(message.slice(at, end), elements);
    } else {
      const key = keyOf(message.slice(at, equals));
      if (key !== null) setElement(elements, key, unbracketed(message.slice(equals + 1, end)));
    }
    at = end + 2;
  }
}

const unbracketed = (text: string): string => (text.startsWith('<') && text.endsWith('>') ? text.slice(1, -1) : text);

/** %{secured}: `TLS`, `TLS: Connection closed`, `TLS handshaking`, `secured`. */
function readWord(word: string, elements: Elements): void {
  if (/^(?:TLS|secured)\b/.test(word)) setElement(elements, 'secured', word);
}
