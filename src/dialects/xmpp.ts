import type { Dialect, Opening } from './dialect.js';
import { MAX_OPENING, MAX_XMPP_TAG } from './limits.js';
import { anyOf, latin1, startsWith } from './lines.js';
import { NEED_MORE, NOT_THIS, TurnTaking } from './turns.js';

const LESS = 0x3c;
const GREATER = 0x3e;
const SLASH = 0x2f;
const QUOTES = [0x22, 0x27];

/** Offset behind the tag that starts at `at`: a `>` inside a quoted attribute value does not end it (XML 1.0 section 2.3). */
function tagEnd(bytes: Uint8Array, at: number): number {
  let quote = 0;
  const limit = Math.min(bytes.length, at + MAX_XMPP_TAG);
  for (let i = at + 1; i < limit; i++) {
    const byte = bytes[i]!;
    if (quote !== 0) {
      if (byte === quote) quote = 0;
    } else if (byte === GREATER) {
      return i + 1;
    } else if (QUOTES.includes(byte)) {
      quote = byte;
    } else if (byte === LESS) {
      return NOT_THIS;
    }
  }
  return bytes.length - at >= MAX_XMPP_TAG ? NOT_THIS : NEED_MORE;
}

/** XMPP with STARTTLS (RFC 6120 section 5.4.2), client to server and server to server: `<starttls/>` is answered with `<proceed/>`. */
class XmppDialogue extends TurnTaking {
  readonly name = 'xmpp';
  /** The element of ours that is open: TLS begins behind its end tag. */
  private open: 'starttls' | 'proceed' | null = null;

  constructor() {
    super('client');
  }

  protected override read(bytes: Uint8Array, at: number): number {
    if (bytes[at] !== LESS) {
      // Text between tags, whitespace keep-alives among it (RFC 6120 section 4.6.1).
      const next = bytes.indexOf(LESS, at);
      return next < 0 ? bytes.length : next;
    }
    const end = tagEnd(bytes, at);
    if (end < 0) return end;
    const [, slash, name] = /^<(\/?)(?:[\w.-]+:)?([\w.-]+)/.exec(latin1(bytes, at, end)) ?? [];
    const empty = bytes[end - 2] === SLASH;
    if (name !== undefined) this.tag(name, slash === '/' ? 'end' : empty ? 'empty' : 'start');
    return end; // without a name it is an XML declaration or an instruction
  }

  private tag(name: string, kind: 'start' | 'end' | 'empty'): void {
    if (name === 'stream' && kind === 'end') {
      this.finish('ended');
      return;
    }
    if (this.turn === 'client') {
      // SASL (section 6.4.2), SASL2 (XEP-0388), the older iq login (XEP-0078) and dialback's result (XEP-0220) all begin a login.
      if (['auth', 'authenticate', 'iq', 'result', 'message', 'presence'].includes(name)) {
        this.finish('ended');
        return;
      }
      if (this.closes('starttls', name, kind)) this.turn = 'server';
    } else if (name === 'failure') {
      this.finish('ended'); // section 5.4.2.2: the server closes the stream
    } else if (this.closes('proceed', name, kind)) {
      this.finish('tls');
    }
  }

  private closes(wanted: 'starttls' | 'proceed', name: string, kind: 'start' | 'end' | 'empty'): boolean {
    if (name !== wanted) return false;
    if (kind === 'start') this.open = wanted;
    return kind === 'empty' || (kind === 'end' && this.open === wanted);
  }
}

/** Both sides open with a stream header (RFC 6120 section 4.2), with or without an XML declaration before it. */
function opens(bytes: Uint8Array): Opening {
  const bare = startsWith(bytes, '<STREAM:STREAM');
  if (bare !== 'no') return bare;
  const declared = anyOf([startsWith(bytes, '<?XML '), startsWith(bytes, "<?XML'")]);
  if (declared !== 'yes') return declared;
  const head = latin1(bytes, 0, Math.min(bytes.length, MAX_OPENING));
  const next = /^<\?xml[^>]*\?>\s*(<.*)$/s.exec(head)?.[1];
  if (next === undefined) return bytes.length < MAX_OPENING && !/^<\?xml[^>]*>\s*[^\s<]/.test(head) ? 'more' : 'no';
  if (next.startsWith('<stream:stream')) return 'yes';
  return '<stream:stream'.startsWith(next) ? 'more' : 'no';
}

export const xmpp: Dialect = {
  name: 'xmpp',
  opens: (_side, bytes) => opens(bytes),
  start: () => new XmppDialogue(),
};
