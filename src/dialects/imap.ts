import type { Dialect, Opening } from './dialect.js';
import { MAX_IMAP_LINE, MAX_LITERAL, MAX_OPENING } from './limits.js';
import { anyOf, lineEnd, lineText, startsWith } from './lines.js';
import { NEED_MORE, NOT_THIS, TurnTaking } from './turns.js';

type State = 'greeting' | 'command' | 'command_rest' | 'reply' | 'reply_rest';

/** RFC 9051 section 4.3: a literal's length ends the line before it; with `+` a client's that does not wait for leave (RFC 7888). */
const LITERAL = /\{(\d{1,10})(\+?)\}$/;
const LOGIN = /^(?:LOGIN|AUTHENTICATE)$/i;
const STATUS = /^\* (?:OK|NO|BAD|BYE|PREAUTH)\b/i;
const TAGGED = /^([^ ]+) (OK|NO|BAD)\b/i;

/**
 * IMAP with STARTTLS (RFC 9051 section 6.2.1). What counts is the tagged OK to the STARTTLS command's own tag; anything may stand before it.
 * LOGIN, AUTHENTICATE and a PREAUTH greeting end the search.
 */
class ImapDialogue extends TurnTaking {
  readonly name = 'imap';
  private state: State = 'greeting';
  /** Of the command that waits for its reply. */
  private tag = '';
  private starttls = false;
  /** Length of the client's literal that waits for the server's leave. */
  private literal: number | null = null;

  constructor() {
    super('server');
  }

  protected override read(bytes: Uint8Array, at: number): number {
    const end = lineEnd(bytes, at, MAX_IMAP_LINE);
    if (end < 0) return end;
    return this.line(lineText(bytes, at, end)) ? end : NOT_THIS;
  }

  private line(line: string): boolean {
    switch (this.state) {
      case 'greeting':
        return this.greeting(line);
      case 'command':
        return this.command(line);
      case 'command_rest':
        return this.commandEnd(line);
      case 'reply':
        return this.reply(line);
      case 'reply_rest':
        return this.data(line);
    }
  }

  /** RFC 9051 section 7.1: OK, PREAUTH (logged in by other means: STARTTLS is not allowed any more) or BYE. */
  private greeting(line: string): boolean {
    if (/^\* OK\b/i.test(line)) this.toClient();
    else if (/^\* (?:PREAUTH|BYE)\b/i.test(line)) this.finish('ended');
    else return false;
    return true;
  }

  private command(line: string): boolean {
    const [first = '', second = ''] = line.split(' ', 2);
    // The first word is the tag, or, from a client that forgot it, the command.
    if (LOGIN.test(second) || LOGIN.test(first) || /^LOGOUT$/i.test(second)) {
      this.finish('ended');
      return true;
    }
    if (line === '') return true; // no command, and no reply that one could wait for
    this.tag = first;
    this.starttls = /^STARTTLS$/i.test(second);
    return this.commandEnd(line);
  }

  /** A command ends with its line, unless that announces a literal, behind which it goes on. */
  private commandEnd(line: string): boolean {
    const literal = LITERAL.exec(line);
    this.state = 'reply';
    this.turn = 'server';
    if (literal === null) return true;
    const length = Number(literal[1]);
    if (length > MAX_LITERAL) return false;
    if (literal[2] === '+') this.toLiteral(length);
    else this.literal = length;
    return true;
  }

  private reply(line: string): boolean {
    if (line.startsWith('+')) {
      if (this.literal !== null) this.toLiteral(this.literal);
      return true;
    }
    if (line.startsWith('* ')) {
      if (/^\* BYE\b/i.test(line)) this.finish('ended');
      return STATUS.test(line) || this.data(line); // the text of a status never announces a literal
    }
    const tagged = TAGGED.exec(line);
    if (tagged === null) return false;
    // Another command's reply is passed over: servers may answer out of order (RFC 9051 section 5.5).
    if (tagged[1] === this.tag) {
      if (this.starttls && tagged[2]!.toUpperCase() === 'OK') this.finish('tls');
      else this.toClient();
    }
    return true;
  }

  /** Untagged data may hold literals. */
  private data(line: string): boolean {
    const literal = LITERAL.exec(line);
    this.state = literal === null ? 'reply' : 'reply_rest';
    if (literal === null) return true;
    this.skip(Number(literal[1]));
    return Number(literal[1]) <= MAX_LITERAL;
  }

  private toLiteral(length: number): void {
    this.state = 'command_rest';
    this.turn = 'client';
    this.literal = null;
    this.skip(length);
  }

  private toClient(): void {
    this.state = 'command';
    this.turn = 'client';
    this.literal = null;
  }
}

/** What a client may say before it has logged in (RFC 9051 sections 6.1 and 6.2, RFC 2971, Dovecot's XCLIENT). */
const COMMANDS = ['CAPABILITY', 'STARTTLS', 'LOGIN', 'AUTHENTICATE', 'LOGOUT', 'NOOP', 'ID', 'ENABLE', 'XCLIENT'];
/** A tag (RFC 9051 section 9), then what there is of the command's word, then what ends that. */
const TAGGED_COMMAND = /^[!#$&',\-./0-9:;<=>?@A-Z[\]^_`a-z|~]+(?: ([A-Za-z]*)( .*)?)?$/;

function clientOpens(bytes: Uint8Array): Opening {
  const end = lineEnd(bytes, 0, MAX_OPENING);
  if (end === NOT_THIS) return 'no';
  const match = TAGGED_COMMAND.exec(lineText(bytes, 0, end === NEED_MORE ? bytes.length : end));
  if (match === null) return 'no';
  if (LOGIN.test(match[0].split(' ', 1)[0]!)) return 'more'; // the tag was forgotten
  const word = match[1]?.toUpperCase();
  if (end !== NEED_MORE || match[2] !== undefined) return word !== undefined && COMMANDS.includes(word) ? 'yes' : 'no';
  return COMMANDS.some((command) => command.startsWith(word ?? '')) ? 'more' : 'no';
}

export const imap: Dialect = {
  name: 'imap',
  opens: (side, bytes) =>
    side === 'client'
      ? clientOpens(bytes)
      : anyOf([startsWith(bytes, '* OK'), startsWith(bytes, '* PREAUTH'), startsWith(bytes, '* BYE')]),
  start: () => new ImapDialogue(),
};
