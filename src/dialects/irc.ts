import type { Dialect, Opening } from './dialect.js';
import { MAX_IRC_LINE, MAX_OPENING } from './limits.js';
import { anyOf, lineEnd, lineText, opensWithVerb, startsWith, verbOf } from './lines.js';
import { NEED_MORE, NOT_THIS, TurnTaking } from './turns.js';

/** What a client may say before it is registered (RFC 2812 section 3.1, IRCv3 capability negotiation, WebIRC), logins apart. */
const BEFORE = new Set(['CAP', 'NICK', 'USER', 'PING', 'PONG', 'WEBIRC', 'PROTOCTL', 'STARTTLS']);

/** IRC with STARTTLS (IRCv3 tls extension): numeric 670 accepts, 691 refuses. Commands have no replies of their own otherwise. */
class IrcDialogue extends TurnTaking {
  readonly name = 'irc';

  constructor() {
    super('client');
  }

  protected override read(bytes: Uint8Array, at: number): number {
    const end = lineEnd(bytes, at, MAX_IRC_LINE);
    if (end < 0) return end;
    const line = lineText(bytes, at, end);
    if (this.turn === 'client') this.command(verbOf(line));
    else this.message(line);
    return end;
  }

  private command(verb: string): void {
    if (verb === 'STARTTLS') this.turn = 'server';
    // PASS and AUTHENTICATE log in; anything else unlisted is said after registration only.
    else if (verb !== '' && !BEFORE.has(verb)) this.finish('ended');
  }

  private message(line: string): void {
    // RFC 1459 section 2.3.1: an optional prefix, then the command or a numeric of three digits; tags before both (IRCv3).
    const numeric = /^(?:@\S+ +)?(?::\S+ +)?(\d{3}|ERROR)(?: |$)/.exec(line)?.[1];
    if (numeric === '670') this.finish('tls');
    else if (numeric === '001' || numeric === 'ERROR') this.finish('ended');
    else if (numeric === '691' || numeric === '451' || numeric === '421') this.turn = 'client'; // refused, or the command is not known
  }
}

const OWN = new Set(['CAP', 'NICK', 'WEBIRC', 'PROTOCTL']);
const SHARED = new Set(['STARTTLS', 'USER', 'PASS', 'PING']);

function serverOpens(bytes: Uint8Array): Opening {
  const unprefixed = anyOf(['NOTICE ', 'PING ', 'ERROR '].map((word) => startsWith(bytes, word)));
  if (unprefixed !== 'no') return unprefixed;
  if (anyOf([startsWith(bytes, ':'), startsWith(bytes, '@')]) === 'no') return 'no';
  const end = lineEnd(bytes, 0, MAX_OPENING);
  if (end === NOT_THIS) return 'no';
  if (end === NEED_MORE) return 'more';
  return /^(?:@\S+ +)?:\S+ +(?:\d{3}|NOTICE|CAP|PING|ERROR)(?: |$)/.test(lineText(bytes, 0, end)) ? 'yes' : 'no';
}

export const irc: Dialect = {
  name: 'irc',
  opens: (side, bytes) => (side === 'client' ? opensWithVerb(bytes, OWN, SHARED) : serverOpens(bytes)),
  start: () => new IrcDialogue(),
};
