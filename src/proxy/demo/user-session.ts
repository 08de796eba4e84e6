import { type Argument, astring, readArguments } from '../imap/arguments.js';
import { type Command, CommandReader } from '../imap/command.js';
import { fromLatin1, LineBuffer, latin1 } from '../lines.js';
import { listed } from './folders.js';
import type { Letter } from './letter.js';
import { MAX_COMMAND } from './limits.js';
import { type Answer, BAD_ARGUMENTS, isInbox, Mailbox } from './mailbox.js';

/** What stands behind a command's name. */
interface Given {
  /** null where it is no flat list of arguments: what FETCH asks for is none. */
  readonly list: readonly Argument[] | null;
  /** The same as text; null where literals are in it. */
  readonly text: string | null;
}

/** Shown with and after the login. */
export const KEYWORDS = ['IMAP4rev1', 'LITERAL+', 'ID', 'IDLE', 'NAMESPACE', 'UNSELECT'];

const NOTHING_IN = 'NO [CANNOT] There is one mailbox, and nothing can be put into it.';

/** IMAP after the login (RFC 3501, with RFC 2177, 2342, 2971, 3691 and 7888), as far as mail programs need it to show one letter. No socket: bytes in, bytes out. */
export class UserSession {
  readonly #mailbox: Mailbox;
  readonly #lines = new LineBuffer(MAX_COMMAND);
  readonly #commands = new CommandReader<Given>(this.#lines, MAX_COMMAND, readGiven);
  /** The mailbox is open. */
  #selected = false;
  /** Tag of the IDLE that waits for its end. */
  #idle: string | null = null;
  #over = false;
  #said: string[] = [];

  constructor(letter: Letter) {
    this.#mailbox = new Mailbox(letter);
  }

  /** The connection is to be closed, behind what was said. */
  get over(): boolean {
    return this.#over;
  }

  /** @returns what is said to it */
  push(bytes: Uint8Array): Uint8Array {
    if (!this.#over) this.#lines.push(bytes);
    while (!this.#over && this.#next());
    const said = fromLatin1(this.#said.join(''));
    this.#said = [];
    return said;
  }

  /** @returns false: nothing more until something comes */
  #next(): boolean {
    if (this.#idle !== null) return this.#nextOfIdle(this.#idle);
    const event = this.#commands.next();
    switch (event) {
      case 'more':
        return false;
      case 'invite':
        this.#say('+ OK');
        return true;
      case 'too_long':
      case 'literal_too_long':
        return this.#close('Command too long');
      default:
        this.#answer(event);
        return true;
    }
  }

  /** RFC 2177 section 3: whatever is not DONE ends it as well, without success. */
  #nextOfIdle(tag: string): boolean {
    const line = this.#lines.line();
    if (line === 'more') return false;
    if (line === 'too_long') return this.#close('Command too long');
    this.#idle = null;
    this.#say(`${tag} ${/^DONE$/i.test(latin1(line)) ? 'OK Idle completed.' : 'BAD Expected DONE.'}`);
    return true;
  }

  #answer({ tag, name, arguments: given }: Command<Given>): void {
    if (tag !== null && given !== null && name === 'IDLE') {
      this.#idle = tag;
      this.#say('+ idling');
      return;
    }
    const { lines, end } = tag === null || given === null ? answer(BAD_ARGUMENTS) : this.#answerTo(name, given);
    for (const line of lines) this.#say(line);
    this.#say(`${tag ?? '*'} ${end}`);
  }

  #answerTo(name: string, given: Given): Answer {
    const list = given.list ?? [];
    switch (name) {
      case 'CAPABILITY':
        return answer('OK Capability completed.', `* CAPABILITY ${KEYWORDS.join(' ')}`);
      case 'NOOP':
        return answer('OK NOOP completed.');
      case 'LOGOUT':
        this.#over = true;
        return answer('OK Logout completed.', '* BYE Logging out');
      case 'ID':
        return answer('OK ID completed.', '* ID ("name" "ja3-sensor demo")');
      case 'NAMESPACE':
        return answer('OK Namespace completed.', '* NAMESPACE (("" "/")) NIL NIL');
      case 'LIST':
      case 'LSUB':
        return find(name, list);
      case 'SUBSCRIBE':
        return answer(isInbox(list[0]) ? 'OK Subscribe completed.' : NOTHING_IN);
      case 'STATUS':
        return isInbox(list[0]) ? this.#mailbox.status(list[1]) : noSuchMailbox(list);
      case 'SELECT':
      case 'EXAMINE':
        // RFC 9051 section 6.3.2: what was open is closed, whether or not something is opened.
        this.#selected = isInbox(list[0]);
        return this.#selected ? this.#mailbox.open(name === 'EXAMINE') : noSuchMailbox(list);
      case 'CREATE':
      case 'DELETE':
      case 'RENAME':
      case 'UNSUBSCRIBE':
      case 'APPEND':
        return answer(NOTHING_IN);
      default:
        return this.#inMailbox(name, given);
    }
  }

  #inMailbox(name: string, given: Given): Answer {
    switch (name) {
      case 'UID':
        return this.#inMailboxByUid(given);
      case 'FETCH':
      case 'STORE':
      case 'SEARCH':
      case 'COPY':
      case 'CHECK':
      case 'EXPUNGE':
      case 'CLOSE':
      case 'UNSELECT':
        return this.#selected ? this.#onLetter(name, given, false) : answer('BAD No mailbox is selected.');
      default:
        return answer(BAD_ARGUMENTS);
    }
  }

  /** RFC 9051 section 6.4.9. */
  #inMailboxByUid({ list, text }: Given): Answer {
    const [, name = '', rest = ''] = /^(\S+)(?: +(.*))?$/.exec(text ?? '') ?? [];
    const command = name.toUpperCase();
    if (!['FETCH', 'STORE', 'SEARCH', 'COPY'].includes(command)) return answer(BAD_ARGUMENTS);
    if (!this.#selected) return answer('BAD No mailbox is selected.');
    return this.#onLetter(command, { list: list?.slice(1) ?? null, text: rest }, true);
  }

  #onLetter(name: string, { list, text }: Given, byUid: boolean): Answer {
    switch (name) {
      case 'FETCH':
        return text === null ? answer(BAD_ARGUMENTS) : this.#mailbox.fetch(text, byUid);
      case 'STORE':
        return this.#mailbox.store(list ?? [], byUid);
      case 'SEARCH':
        return this.#mailbox.search(list ?? []);
      case 'COPY':
        return answer(NOTHING_IN);
      case 'CHECK':
        return answer('OK Check completed.');
      case 'EXPUNGE':
        // The letter cannot be marked as deleted.
        return answer('OK Expunge completed.');
      default:
        this.#selected = false;
        return answer(`OK ${name === 'CLOSE' ? 'Close' : 'Unselect'} completed.`);
    }
  }

  #say(line: string): void {
    this.#said.push(`${line}\r\n`);
  }

  #close(why: string): false {
    this.#say(`* BYE ${why}`);
    this.#lines.discard();
    this.#over = true;
    return false;
  }
}

function readGiven(texts: readonly Uint8Array[], literals: readonly Uint8Array[]): Given {
  return {
    list: readArguments(texts, literals),
    text: literals.length === 0 ? latin1(texts[0] ?? new Uint8Array()) : null,
  };
}

function answer(end: string, ...lines: string[]): Answer {
  return { lines, end };
}

function find(command: string, [reference, pattern, ...others]: readonly Argument[]): Answer {
  const [of, wanted] = [astring(reference), astring(pattern)];
  if (of === null || wanted === null || others.length > 0) return answer(BAD_ARGUMENTS);
  return answer(`OK ${command} completed.`, ...listed(command, latin1(of), latin1(wanted)));
}

function noSuchMailbox([name]: readonly Argument[]): Answer {
  return answer(astring(name) === null ? BAD_ARGUMENTS : 'NO [NONEXISTENT] There is INBOX, and no other mailbox.');
}
