import type { Dialect } from './dialect.js';
import { FTP_WORDS, opensWith220, SMTP_WORDS } from './greeting220.js';
import { MAX_SMTP_LINE } from './limits.js';
import { anyOf, lineEnd, lineText, opensWithVerb, startsWith, verbOf } from './lines.js';
import { NOT_THIS, TurnTaking } from './turns.js';

type State = 'greeting' | 'command' | 'reply' | 'starttls_reply';

/** RFC 5321 section 4.2.1: three digits, then `-` while more lines follow. */
const REPLY = /^([2-5]\d\d)(?:([ -]).*)?$/;

/**
 * SMTP, submission (RFC 6409) and LMTP (RFC 2033: LHLO for EHLO) with STARTTLS (RFC 3207). Commands may be pipelined (RFC 2920): each is matched
 * with its own reply before the next is read. AUTH and MAIL end the search: who logs in or sends in clear does not turn to TLS after it.
 */
class SmtpDialogue extends TurnTaking {
  name = 'smtp';
  private state: State = 'greeting';

  constructor() {
    super('server');
  }

  protected override read(bytes: Uint8Array, at: number): number {
    const end = lineEnd(bytes, at, MAX_SMTP_LINE);
    if (end < 0) return end;
    const line = lineText(bytes, at, end);
    if (this.state === 'command') {
      this.command(verbOf(line));
      return end;
    }
    const reply = REPLY.exec(line);
    if (reply === null) return NOT_THIS;
    if (reply[2] !== '-') this.replied(reply[1]!);
    return end;
  }

  private command(verb: string): void {
    if (verb === 'AUTH' || verb === 'MAIL' || verb === 'QUIT') {
      this.finish('ended');
      return;
    }
    if (verb === 'LHLO') this.name = 'lmtp';
    this.state = verb === 'STARTTLS' ? 'starttls_reply' : 'reply';
    this.turn = 'server';
  }

  private replied(code: string): void {
    if (this.state === 'starttls_reply' && code === '220') {
      this.finish('tls');
      return;
    }
    // RFC 5321 section 3.1: 554 instead of 220 is no session; section 3.8: 421 closes one at any time.
    if (code === '421' || (this.state === 'greeting' && code !== '220')) {
      this.finish('ended');
      return;
    }
    this.state = 'command';
    this.turn = 'client';
  }
}

const OWN = new Set(['EHLO', 'HELO', 'LHLO', 'XCLIENT', 'MAIL', 'RSET', 'VRFY', 'EXPN']);
const SHARED = new Set(['NOOP', 'HELP', 'QUIT', 'STARTTLS']);

export const smtp: Dialect = {
  name: 'smtp',
  opens: (side, bytes) =>
    side === 'client'
      ? opensWithVerb(bytes, OWN, SHARED)
      : anyOf([opensWith220(bytes, SMTP_WORDS, FTP_WORDS), startsWith(bytes, '554 '), startsWith(bytes, '554-')]),
  start: () => new SmtpDialogue(),
};
