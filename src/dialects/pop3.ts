import type { Dialect } from './dialect.js';
import { MAX_POP3_LINE } from './limits.js';
import { anyOf, lineEnd, lineText, opensWithVerb, startsWith, verbOf } from './lines.js';
import { NOT_THIS, TurnTaking } from './turns.js';

type State = 'greeting' | 'command' | 'reply' | 'list_reply' | 'list' | 'stls_reply';

/** A login (RFC 1939 sections 4 and 7, RFC 5034) or the end of the session. */
const ENDS = new Set(['USER', 'PASS', 'APOP', 'QUIT']);

/** POP3 with STLS (RFC 2595 section 4). Commands may be pipelined (RFC 2449 section 6.6): each is matched with its own reply. */
class Pop3Dialogue extends TurnTaking {
  readonly name = 'pop3';
  private state: State = 'greeting';

  constructor() {
    super('server');
  }

  protected override read(bytes: Uint8Array, at: number): number {
    const end = lineEnd(bytes, at, MAX_POP3_LINE);
    if (end < 0) return end;
    const line = lineText(bytes, at, end);
    if (this.state === 'command') {
      this.command(line);
    } else if (this.state === 'list') {
      // RFC 1939 section 3: a multi-line response ends with a line of one dot.
      if (line === '.') this.toClient();
    } else if (/^\+OK\b/i.test(line)) {
      this.accepted();
    } else if (/^-ERR\b/i.test(line)) {
      if (this.state === 'greeting') this.finish('ended');
      else this.toClient();
    } else {
      return NOT_THIS;
    }
    return end;
  }

  private command(line: string): void {
    const verb = verbOf(line);
    const bare = line.trim().length === verb.length;
    // AUTH alone asks older servers for their mechanisms: no login yet, and a list in return.
    if (ENDS.has(verb) || (verb === 'AUTH' && !bare)) {
      this.finish('ended');
      return;
    }
    const listed = verb === 'CAPA' || (bare && (verb === 'AUTH' || verb === 'LANG')); // RFC 2449 section 5, RFC 6856 section 3
    this.state = verb === 'STLS' ? 'stls_reply' : listed ? 'list_reply' : 'reply';
    this.turn = 'server';
  }

  private accepted(): void {
    if (this.state === 'stls_reply') this.finish('tls');
    else if (this.state === 'list_reply') this.state = 'list';
    else this.toClient();
  }

  private toClient(): void {
    this.state = 'command';
    this.turn = 'client';
  }
}

const OWN = new Set(['CAPA', 'STLS', 'APOP']);
const SHARED = new Set(['USER', 'PASS', 'AUTH', 'QUIT', 'NOOP', 'LANG', 'UTF8', 'XCLIENT']);

export const pop3: Dialect = {
  name: 'pop3',
  opens: (side, bytes) =>
    side === 'client'
      ? opensWithVerb(bytes, OWN, SHARED)
      : anyOf([startsWith(bytes, '+OK'), startsWith(bytes, '-ERR')]),
  start: () => new Pop3Dialogue(),
};
