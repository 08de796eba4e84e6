import { type Argument, astring } from '../imap/arguments.js';
import { latin1 } from '../lines.js';
import { fetchData, flagsText } from './fetch.js';
import { type FetchItem, readFetchItems } from './fetch-items.js';
import type { Letter } from './letter.js';
import { matches } from './search.js';
import { namesMessage } from './sequence-set.js';

/** What is said to a command: lines without a tag, and how it ended. */
export interface Answer {
  readonly lines: readonly string[];
  readonly end: string;
}

/** Flags a session can set; they are gone with it. Without `\Deleted`, so that the letter stays. */
const FLAGS = ['\\Seen', '\\Answered', '\\Flagged', '\\Draft'];

export const BAD_ARGUMENTS = 'BAD Error in IMAP command received by server.';

/** The one mailbox, with the one letter in it, as one session sees it. */
export class Mailbox {
  readonly #letter: Letter;
  #flags = new Set<string>();
  #isReadOnly = false;

  constructor(letter: Letter) {
    this.#letter = letter;
  }

  /** RFC 9051 section 6.3.2, with the RECENT and UNSEEN of RFC 3501. */
  open(readOnly: boolean): Answer {
    this.#isReadOnly = readOnly;
    return {
      lines: [
        `* FLAGS (${FLAGS.join(' ')})`,
        // None is kept: whoever stores one has it until the session ends.
        '* OK [PERMANENTFLAGS ()] Flags are kept for this session.',
        '* 1 EXISTS',
        '* 0 RECENT',
        ...(this.#flags.has('\\Seen') ? [] : ['* OK [UNSEEN 1] First unseen.']),
        `* OK [UIDVALIDITY ${this.#letter.uidValidity}] UIDs valid`,
        '* OK [UIDNEXT 2] Predicted next UID',
      ],
      end: readOnly ? 'OK [READ-ONLY] Examine completed.' : 'OK [READ-WRITE] Select completed.',
    };
  }

  /** RFC 9051 section 6.3.11, behind the mailbox's name. */
  status(wanted: Argument | undefined): Answer {
    const values: Readonly<Record<string, number>> = {
      MESSAGES: 1,
      RECENT: 0,
      UIDNEXT: 2,
      UIDVALIDITY: this.#letter.uidValidity,
      UNSEEN: this.#flags.has('\\Seen') ? 0 : 1,
      DELETED: 0,
    };
    const names = wanted?.kind === 'list' ? wanted.items.map(atom) : [];
    const told = names.flatMap((name) => (Object.hasOwn(values, name) ? [`${name} ${values[name]}`] : []));
    if (names.length === 0 || told.length < names.length) return bad();
    return { lines: [`* STATUS INBOX (${told.join(' ')})`], end: 'OK Status completed.' };
  }

  /**
   * RFC 9051 section 6.4.5.
   *
   * @param text the set, and what is asked for
   */
  fetch(text: string, byUid: boolean): Answer {
    const space = text.indexOf(' ');
    const hit = space < 0 ? null : hits(text.slice(0, space), byUid);
    const wanted = readFetchItems(text.slice(space + 1));
    if (hit === null || wanted === null) return bad();
    if (!hit) return { lines: [], end: 'OK Fetch completed.' };
    const sees = !this.#isReadOnly && !this.#flags.has('\\Seen') && wanted.some(marksSeen);
    if (sees) this.#flags.add('\\Seen');
    const items = [...wanted];
    // RFC 9051 section 6.4.9: a UID command's answers have the UID, asked for or not. What it changed is told too.
    if (byUid && !asksFor(items, 'UID')) items.unshift({ kind: 'value', name: 'UID' });
    if (sees && !asksFor(items, 'FLAGS')) items.push({ kind: 'value', name: 'FLAGS' });
    return { lines: [`* 1 FETCH (${fetchData(this.#letter, this.#flags, items)})`], end: 'OK Fetch completed.' };
  }

  /** RFC 9051 section 6.4.6. A flag that cannot be set is not, as `PERMANENTFLAGS` lets servers do. */
  store([set, item, ...rest]: readonly Argument[], byUid: boolean): Answer {
    const how = /^([+-]?)FLAGS(\.SILENT)?$/.exec(atom(item));
    const hit = hits(atom(set), byUid);
    const named = rest[0]?.kind === 'list' && rest.length === 1 ? rest[0].items : rest;
    if (hit === null || how === null || rest.length === 0 || named.some(({ kind }) => kind !== 'atom')) return bad();
    if (this.#isReadOnly) return { lines: [], end: 'NO Mailbox is read-only.' };
    if (!hit) return { lines: [], end: 'OK Store completed.' };
    const names = new Set(named.map(atom));
    const flags = FLAGS.filter((flag) => names.has(flag.toUpperCase()));
    if (how[1] === '') this.#flags = new Set(flags);
    for (const flag of flags) {
      if (how[1] === '-') this.#flags.delete(flag);
      else this.#flags.add(flag);
    }
    const told = `* 1 FETCH (${byUid ? 'UID 1 ' : ''}${flagsText(this.#flags)})`;
    return { lines: how[2] === undefined ? [told] : [], end: 'OK Store completed.' };
  }

  /** RFC 9051 section 6.4.4, in RFC 3501's words. The number and the UID are the same. */
  search(criteria: readonly Argument[]): Answer {
    const fits = matches(criteria, this.#flags);
    if (fits === null) return { lines: [], end: 'NO [CANNOT] This demonstration searches by flags and numbers only.' };
    return { lines: [fits ? '* SEARCH 1' : '* SEARCH'], end: 'OK Search completed.' };
  }
}

/** Whether a set names the letter; null: it is none, or, as RFC 9051 section 9 forbids, it has numbers of other messages only. Such UIDs are no error. */
function hits(text: string, byUid: boolean): boolean | null {
  const named = namesMessage(text);
  return named === false && !byUid ? null : named;
}

/** RFC 9051 section 5.1: INBOX in any case. */
export function isInbox(name: Argument | undefined): boolean {
  const bytes = astring(name);
  return bytes !== null && latin1(bytes).toUpperCase() === 'INBOX';
}

/** In capitals; empty where it is something else. */
function atom(argument: Argument | undefined): string {
  return argument?.kind === 'atom' ? argument.text.toUpperCase() : '';
}

function bad(): Answer {
  return { lines: [], end: BAD_ARGUMENTS };
}

function marksSeen(item: FetchItem): boolean {
  return item.kind === 'content' && !item.peek;
}

function asksFor(items: readonly FetchItem[], name: string): boolean {
  return items.some((item) => item.kind === 'value' && item.name === name);
}
