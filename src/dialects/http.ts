import type { Dialect } from './dialect.js';
import { MAX_HTTP_BODY, MAX_HTTP_HEAD, MAX_HTTP_LINE } from './limits.js';
import { anyOf, lineEnd, lineText, startsWith } from './lines.js';
import { NOT_THIS, TurnTaking } from './turns.js';

type State = 'request_line' | 'request_headers' | 'status_line' | 'response_headers';

/**
 * HTTP/1 CONNECT (RFC 9110 section 9.3.6): behind the headers of a 2xx answer the tunnel begins. A refusal (407) may be followed by another
 * CONNECT on the same connection. Any other method ends the search.
 */
class HttpDialogue extends TurnTaking {
  readonly name = 'http';
  private state: State = 'request_line';
  /** Octets of headers since the start line. */
  private head = 0;
  private status = 0;
  /** Length of the body behind a refusal; null where nothing announces it, and the body lasts until the connection closes. */
  private body: number | null = null;
  private chunked = false;

  constructor() {
    super('client');
  }

  protected override read(bytes: Uint8Array, at: number): number {
    const end = lineEnd(bytes, at, MAX_HTTP_LINE);
    if (end < 0) return end;
    if (this.head + end - at > MAX_HTTP_HEAD) return NOT_THIS;
    this.head += end - at;
    return this.line(lineText(bytes, at, end)) ? end : NOT_THIS;
  }

  private line(line: string): boolean {
    switch (this.state) {
      case 'request_line':
        return this.requestLine(line);
      case 'request_headers':
        if (line === '') this.await('status_line');
        return true;
      case 'status_line':
        return this.statusLine(line);
      case 'response_headers':
        if (line === '') return this.answered();
        this.header(line);
        return true;
    }
  }

  private requestLine(line: string): boolean {
    if (line === '') return true; // RFC 9112 section 2.2: an empty line before a request is ignored
    if (!/^[A-Z]+ \S+ HTTP\/[12]\.\d$/.test(line)) return false;
    if (line.startsWith('CONNECT ')) this.state = 'request_headers';
    else this.finish('ended');
    return true;
  }

  private statusLine(line: string): boolean {
    const status = /^HTTP\/1\.\d (\d{3})(?: |$)/.exec(line);
    if (status === null) return false;
    this.status = Number(status[1]);
    this.body = null;
    this.chunked = false;
    this.state = 'response_headers';
    return true;
  }

  private header(line: string): void {
    const length = /^content-length:[ \t]*(\d{1,15})[ \t]*$/i.exec(line);
    if (length !== null) this.body = Number(length[1]);
    if (/^transfer-encoding:/i.test(line)) this.chunked = true;
  }

  private answered(): boolean {
    if (this.status < 200) {
      this.body = null;
      this.await('status_line'); // RFC 9110 section 15.2: interim, the final one follows
    } else if (this.status < 300) {
      this.finish('tunnel'); // whatever length the headers announce (RFC 9112 section 6.3)
    } else if (this.chunked) {
      return false;
    } else if (this.body === null) {
      this.finish('ended');
    } else {
      // The refusal's body is read off the server's side when the next answer is due, so nothing is waited for here.
      if (this.body > MAX_HTTP_BODY) return false;
      this.await('request_line');
    }
    return true;
  }

  private await(state: State): void {
    this.state = state;
    this.head = 0;
    this.turn = state === 'request_line' ? 'client' : 'server';
    if (state === 'status_line' && this.body !== null) {
      this.skip(this.body);
      this.body = null;
    }
  }
}

const METHODS = ['CONNECT ', 'GET ', 'HEAD ', 'POST ', 'PUT ', 'DELETE ', 'OPTIONS ', 'TRACE ', 'PATCH '];

export const http: Dialect = {
  name: 'http',
  opens: (side, bytes) =>
    side === 'client' ? anyOf(METHODS.map((method) => startsWith(bytes, method))) : startsWith(bytes, 'HTTP/1.'),
  start: () => new HttpDialogue(),
};
