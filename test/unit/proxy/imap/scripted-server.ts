import { latin1 } from '../../../../src/proxy/lines.js';

/** What a {@link ScriptedServer} was asked to let in. */
export interface Received {
  readonly authorization: string;
  readonly user: string;
  readonly password: string;
}

/**
 * An IMAP server that lets in whoever asks, and writes down who did and every other command it was given. Its reading is its own: text and regular expressions over
 * all it has got.
 */
export class ScriptedServer {
  readonly received: Received[] = [];
  readonly others: string[] = [];
  readonly #words: string;
  /** Behind its answer. */
  readonly #behind: string;
  #text = '';
  /** What it asks of the client before it goes on. */
  #waiting: ((line: string) => string) | null = null;
  #literals = 0;

  constructor(words: string, behind: string) {
    this.#words = words;
    this.#behind = behind;
  }

  greet(): string {
    return `* OK [CAPABILITY ${this.#words}] ready\r\n`;
  }

  /** @returns what it says to that */
  push(bytes: Uint8Array): string {
    this.#text += latin1(bytes);
    let said = '';
    for (;;) {
      const answer = this.#one();
      if (answer === null) return said;
      said += answer;
    }
  }

  #one(): string | null {
    if (this.#waiting !== null) {
      const line = this.#take(/^([^\r\n]*)\r\n/);
      return line === null ? null : this.#waiting(line[1]!);
    }
    if (/^\S+ LOGIN /.test(this.#text)) return this.#login();
    const command = this.#take(/^(\S+) ([^\r\n]*)\r\n/);
    if (command === null) return null;
    const [, tag = '', rest = ''] = command;
    const [name, mechanism, initial] = rest.split(' ');
    if (name !== 'AUTHENTICATE') {
      this.others.push(rest);
      return `${tag} BAD\r\n`;
    }
    return mechanism === 'PLAIN' ? this.#plain(tag, initial) : this.#loginMechanism(tag);
  }

  #plain(tag: string, initial: string | undefined): string {
    const read = (text: string): string => {
      this.#waiting = null;
      const [authorization = '', user = '', password = ''] = decode(text).split('\0');
      return this.#done(tag, { authorization, user, password });
    };
    if (initial !== undefined) return read(initial);
    this.#waiting = read;
    return '+ \r\n';
  }

  #loginMechanism(tag: string): string {
    this.#waiting = (user) => {
      this.#waiting = (password) => {
        this.#waiting = null;
        return this.#done(tag, { authorization: '', user: decode(user), password: decode(password) });
      };
      return '+ UGFzc3dvcmQ6\r\n';
    };
    return '+ VXNlcm5hbWU6\r\n';
  }

  /** A literal without `+` gets leave once, when all of it is yet to come. */
  #login(): string | null {
    const values: string[] = [];
    const head = /^(\S+) LOGIN /.exec(this.#text)!;
    let at = head[0].length;
    for (let count = 0; count < 2; count++) {
      const here = this.#text.slice(at);
      const literal = /^\{(\d+)(\+?)\}\r\n/.exec(here);
      const quoted = /^"((?:[^"\\\r\n]|\\["\\])*)"/.exec(here);
      if (literal !== null) {
        const start = at + literal[0].length;
        const length = Number(literal[1]);
        if (literal[2] === '' && this.#literals === count && this.#text.length === start) {
          this.#literals++;
          return '+ OK\r\n';
        }
        if (this.#text.length < start + length) return null;
        values.push(this.#text.slice(start, start + length));
        at = start + length;
      } else if (quoted !== null) {
        this.#literals++;
        values.push(quoted[1]!.replace(/\\(.)/g, '$1'));
        at += quoted[0].length;
      } else return null;
      const behind = count === 0 ? ' ' : '\r\n';
      if (!this.#text.startsWith(behind, at)) return null;
      at += behind.length;
    }
    this.#text = this.#text.slice(at);
    return this.#done(head[1]!, { authorization: '', user: values[0]!, password: values[1]! });
  }

  #done(tag: string, received: Received): string {
    this.received.push(received);
    return `* CAPABILITY IMAP4rev1\r\n${tag} OK Logged in\r\n${this.#behind}`;
  }

  #take(pattern: RegExp): RegExpExecArray | null {
    const match = pattern.exec(this.#text);
    if (match !== null) this.#text = this.#text.slice(match[0].length);
    return match;
  }
}

const decode = (text: string): string => Buffer.from(text === '=' ? '' : text, 'base64').toString('latin1');
