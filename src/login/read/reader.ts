import { SensorError } from '../../errors.js';
import type { LoginEvent, RecordedLogin } from '../../model/index.js';
import { readElements } from './elements.js';
import { EventMaker } from './event.js';
import { readHead } from './head.js';
import { MAX_LINE_BYTES } from './limits.js';
import { LineSplitter, type TakeLine } from './lines.js';
import { saying } from './message.js';
import { OWN_MARK, OwnLines } from './own-line.js';
import { compileTemplate, type Template } from './template.js';
import { type Clock, StampReader } from './timestamp.js';

export interface LogOptions extends Clock {
  /** The server's login_log_format_elements. Without it, the names of elements tell what they are: see {@link readElements}. */
  readonly elements?: string;
}

/** What a line is: a login, nothing of that kind, or refused: `log_line_too_long`, `log_timestamp`, `log_json`, `log_elements`, `log_login`. */
export type LogLine = RecordedLogin | SensorError | null;

/** Reads single lines. */
export class LineReader {
  readonly #stamps: StampReader;
  readonly #template: Template | null;
  readonly #events = new EventMaker();
  readonly #own = new OwnLines();

  /** @throws SensorError `log_elements_setting` */
  constructor(options: LogOptions) {
    this.#stamps = new StampReader(options);
    this.#template = options.elements === undefined ? null : compileTemplate(options.elements);
  }

  /** Lines of our own proxy about TLS that it passed through: nobody there knows what became of the login, so they are none. */
  get passedThrough(): number {
    return this.#own.passedThrough;
  }

  /** @param line without its end; offsets of errors count its UTF-16 units. Never throws */
  read(line: string): LogLine {
    try {
      return this.#read(line);
    } catch (error) {
      if (error instanceof SensorError) return error;
      throw error;
    }
  }

  #read(line: string): RecordedLogin | null {
    const own = this.#own.read(line);
    return own === undefined ? this.#dovecots(line) : own;
  }

  #dovecots(line: string): LoginEvent | null {
    const head = readHead(line, this.#stamps);
    // In syslog only what is worse than `Info` has its level before it: and no login is that.
    if (head === null) return null;
    const message = head.message.startsWith('Info: ') ? head.message.slice(6) : head.message;
    if (!BEGINNINGS.test(message)) return null;
    const parts = (this.#template ?? BY_NAMES).read(message);
    if (parts === null) {
      if (this.#template === null) return null;
      throw new SensorError('log_elements', 'elements', 0, 'the line does not have the elements that were named');
    }
    const said = saying(parts.text);
    return said === null ? null : this.#events.make(head, said, parts.elements);
  }
}

/** How all messages about a login begin. */
const BEGINNINGS = /^(?:Login: |Logged in: |Login aborted: |Disconnected[: ]|Aborted login|proxy\()/;

const BY_NAMES: Template = { read: readElements };

/** Reads a log as it comes, in pieces of any size. */
export class LogReader {
  readonly #reader: LineReader;
  readonly #splitter: LineSplitter;
  #found: (RecordedLogin | SensorError)[] = [];
  readonly #marks = [new Mark('-login: '), new Mark(OWN_MARK)] as const;

  /** @throws SensorError `log_elements_setting` */
  constructor(options: LogOptions) {
    this.#reader = new LineReader(options);
    this.#splitter = new LineSplitter((offset) => {
      this.#found.push(
        new SensorError('log_line_too_long', 'line', offset, `the line has more than ${MAX_LINE_BYTES} bytes`),
      );
    });
  }

  /** Lines that ended so far, of any kind. */
  get lines(): number {
    return this.#splitter.lines;
  }

  /** As {@link LineReader.passedThrough}. */
  get passedThrough(): number {
    return this.#reader.passedThrough;
  }

  /** @returns the logins and the refused lines of what is complete now, in order; offsets of errors count all bytes that were pushed */
  push(chunk: Uint8Array): readonly (RecordedLogin | SensorError)[] {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    this.#splitter.push(bytes, this.#take);
    return this.#given();
  }

  /** There is no more: what stands behind the last line end is a line. */
  end(): readonly (RecordedLogin | SensorError)[] {
    this.#splitter.end(this.#take);
    return this.#given();
  }

  #given(): readonly (RecordedLogin | SensorError)[] {
    const found = this.#found;
    this.#found = [];
    for (const mark of this.#marks) mark.forget();
    return found;
  }

  readonly #take: TakeLine = (bytes, start, end, offset) => {
    if (this.#marks.every((mark) => mark.next(bytes, start) >= end) && !isJsonOfBytes(bytes, start, end)) return;
    const found = this.#reader.read(bytes.toString('utf8', start, end));
    if (found === null) return;
    this.#found.push(found instanceof SensorError ? moved(found, offset) : found);
  };
}

/**
 * What every line that matters holds; also in JSON it is written like that. Most lines of a mail log are others', so it is looked for in all of them at once. Where it
 * is next is forgotten with each push: the reader fills the same bytes again.
 */
class Mark {
  readonly #text: Buffer;
  #searched: Buffer | null = null;
  #at = 0;

  constructor(text: string) {
    this.#text = Buffer.from(text);
  }

  next(bytes: Buffer, from: number): number {
    if (this.#searched !== bytes || this.#at < from) {
      const at = bytes.indexOf(this.#text, from);
      this.#searched = bytes;
      this.#at = at < 0 ? bytes.length : at;
    }
    return this.#at;
  }

  forget(): void {
    this.#searched = null;
  }
}

const JSON_BYTES = '"MESSAGE":[';

/** A journal entry whose message is no text. */
const isJsonOfBytes = (bytes: Buffer, start: number, end: number): boolean =>
  bytes[start] === 0x7b && bytes.subarray(start, end).includes(JSON_BYTES);

const moved = ({ code, field, offset, message }: SensorError, by: number): SensorError =>
  new SensorError(code, field, by + offset, message);
