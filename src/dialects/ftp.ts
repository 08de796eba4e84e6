import type { Dialect } from './dialect.js';
import { FTP_WORDS, opensWith220, SMTP_WORDS } from './greeting220.js';
import { MAX_FTP_LINE } from './limits.js';
import { anyOf, lineEnd, lineText, opensWithVerb, startsWith, verbOf } from './lines.js';
import { NOT_THIS, TurnTaking } from './turns.js';

type State = 'greeting' | 'command' | 'reply' | 'auth_reply';

const ENDS = new Set(['USER', 'PASS', 'ACCT', 'QUIT']);
/** RFC 4217 section 4: TLS and TLS-C protect the control connection; SSL and TLS-P are the names of older drafts. */
const MECHANISM = /^AUTH +(?:TLS(?:-[CP])?|SSL)\s*$/i;

/** The control connection of FTP with AUTH TLS (RFC 4217, RFC 2228). */
class FtpDialogue extends TurnTaking {
  readonly name = 'ftp';
  private state: State = 'greeting';
  /** The code that opened a multi-line reply, which lasts until a line has it with a space (RFC 959 section 4.2). */
  private open: string | null = null;

  constructor() {
    super('server');
  }

  protected override read(bytes: Uint8Array, at: number): number {
    const end = lineEnd(bytes, at, MAX_FTP_LINE);
    if (end < 0) return end;
    const line = lineText(bytes, at, end);
    if (this.state === 'command') this.command(line);
    else if (!this.reply(line)) return NOT_THIS;
    return end;
  }

  private command(line: string): void {
    const verb = verbOf(line);
    if (ENDS.has(verb)) {
      this.finish('ended');
      return;
    }
    this.state = MECHANISM.test(line) ? 'auth_reply' : 'reply';
    this.turn = 'server';
  }

  private reply(line: string): boolean {
    const [, code, mark] = /^([1-6]\d\d)(?:([ -]).*)?$/.exec(line) ?? [];
    if (this.open !== null) {
      if (code !== this.open || mark === '-') return true;
      this.open = null;
    } else if (code === undefined) {
      return false;
    } else if (mark === '-') {
      this.open = code;
      return true;
    }
    this.replied(code);
    return true;
  }

  private replied(code: string): void {
    if (code.startsWith('1')) return; // preliminary: another reply follows
    if (this.state === 'auth_reply' && code === '234') {
      this.finish('tls');
      return;
    }
    if (code === '421' || (this.state === 'greeting' && code !== '220')) {
      this.finish('ended');
      return;
    }
    this.state = 'command';
    this.turn = 'client';
  }
}

const OWN = new Set(['AUTH', 'FEAT', 'SYST', 'CLNT', 'PBSZ', 'PROT', 'OPTS', 'HOST', 'TYPE']);
const SHARED = new Set(['USER', 'PASS', 'ACCT', 'QUIT', 'NOOP', 'HELP', 'STAT', 'LANG']);

export const ftp: Dialect = {
  name: 'ftp',
  opens: (side, bytes) =>
    side === 'client'
      ? opensWithVerb(bytes, OWN, SHARED)
      : anyOf([opensWith220(bytes, FTP_WORDS, SMTP_WORDS), startsWith(bytes, '120 ')]),
  start: () => new FtpDialogue(),
};
