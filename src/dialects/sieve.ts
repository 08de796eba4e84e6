import type { Dialect, Opening } from './dialect.js';
import { MAX_LITERAL, MAX_OPENING, MAX_SIEVE_LINE } from './limits.js';
import { lineEnd, lineText, opensWithVerb, startsWith, verbOf } from './lines.js';
import { NEED_MORE, NOT_THIS, TurnTaking } from './turns.js';

type State = 'response' | 'command' | 'command_rest';

/** RFC 5804 section 4: `{n}` from the server, `{n+}` from the client; older clients leave the `+` out and wait for nothing either. */
const LITERAL = /\{(\d{1,10})\+?\}$/;
const STATUS = /^(OK|NO|BYE)(?=[ \r\n]|$)/i;

/**
 * ManageSieve with STARTTLS (RFC 5804 section 2.2). The server opens with its capabilities as if they had been asked for, so the greeting is one
 * more response: lines of strings, then OK, NO or BYE.
 */
class SieveDialogue extends TurnTaking {
  readonly name = 'sieve';
  private state: State = 'response';
  private starttls = false;
  /** OK, NO or BYE once the line that says so has begun: its text may be a literal, behind which the line goes on. */
  private status: string | null = null;
  private inLine = false;

  constructor() {
    super('server');
  }

  protected override read(bytes: Uint8Array, at: number): number {
    const end = lineEnd(bytes, at, MAX_SIEVE_LINE);
    if (end < 0) return end;
    const line = lineText(bytes, at, end);
    const literal = LITERAL.exec(line);
    if (literal !== null && Number(literal[1]) > MAX_LITERAL) return NOT_THIS;
    if (this.turn === 'server') {
      if (!this.response(line, literal !== null)) return NOT_THIS;
    } else {
      this.command(line, literal !== null);
    }
    if (literal !== null) this.skip(Number(literal[1]));
    return end;
  }

  private response(line: string, goesOn: boolean): boolean {
    if (!this.inLine) {
      this.status = STATUS.exec(line)?.[1]?.toUpperCase() ?? null;
      if (this.status === null && !/^["{]/.test(line)) return false;
    }
    this.inLine = goesOn;
    if (goesOn || this.status === null) return true;
    if (this.status === 'BYE') this.finish('ended');
    else if (this.starttls && this.status === 'OK') this.finish('tls');
    this.starttls = false;
    this.state = 'command';
    this.turn = 'client';
    return true;
  }

  private command(line: string, goesOn: boolean): void {
    if (this.state === 'command') {
      const verb = verbOf(line);
      if (verb === 'AUTHENTICATE' || verb === 'LOGOUT') {
        this.finish('ended');
        return;
      }
      this.starttls = verb === 'STARTTLS';
    }
    this.state = goesOn ? 'command_rest' : 'response';
    if (!goesOn) this.turn = 'server';
  }
}

/** RFC 5804 section 1.7: the first line names a capability. */
const CAPABILITY =
  /^"(?:IMPLEMENTATION|SASL|SIEVE|STARTTLS|NOTIFY|VERSION|MAXREDIRECTS|LANGUAGE|OWNER|RENAME|NOOP|UNAUTHENTICATE|XCLIENT)"/i;

function serverOpens(bytes: Uint8Array): Opening {
  const quote = startsWith(bytes, '"');
  if (quote !== 'yes') return quote;
  const end = lineEnd(bytes, 0, MAX_OPENING);
  if (end === NOT_THIS) return 'no';
  const line = lineText(bytes, 0, end === NEED_MORE ? bytes.length : end);
  if (CAPABILITY.test(line)) return 'yes';
  return end === NEED_MORE && /^"[A-Z]*$/i.test(line) ? 'more' : 'no';
}

const NONE: ReadonlySet<string> = new Set();
const SHARED = new Set(['CAPABILITY', 'STARTTLS', 'AUTHENTICATE', 'LOGOUT', 'NOOP', 'XCLIENT']);

export const sieve: Dialect = {
  name: 'sieve',
  opens: (side, bytes) => (side === 'client' ? opensWithVerb(bytes, NONE, SHARED) : serverOpens(bytes)),
  start: () => new SieveDialogue(),
};
