import { SensorError } from '../../errors.js';
import type { LoginEvent } from '../../model/index.js';
import { readElements } from './elements.js';
import { EventMaker } from './event.js';
import { readHead } from './head.js';
import { MAX_LINE_BYTES } from './limits.js';
import { LineSplitter, type TakeLine } from './lines.js';
import { saying } from './message.js';
import { compileTemplate, type Template } from './template.js';
import { type Clock, StampReader } from './timestamp.js';

export interface LogOptions extends Clock {
  /** The server's login_log_format_elements. Without it, the names of elements tell what they are: see {@link readElements}. */
  readonly elements?: string;
}

/** What a line is: a login, nothing of that kind, or refused: `log_line_too_long`, `log_timestamp`, `log_json`, `log_elements`. */
export type LogLine = LoginEvent | SensorError | null;

/** Reads single lines. */
export class LineReader {
  readonly #stamps: StampReader;
  readonly #template: Template | null;
  readonly #events = new EventMaker();

  /** @throws SensorError `log_elements_setting` */
  constructor(options: LogOptions) {
    this.#stamps = new StampReader(options);
    this.#template = options.elements === undefined ? null : compileTemplate(options.elements);
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

  #read(line: string): LoginEvent | null {
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
  #found: (LoginEvent | SensorError)[] = [];
  /** The bytes that were searched, and where in them the next login process is named. Forgotten with each push: the reader fills them again. */
  #searched: Buffer | null = null;
  #mark = 0;

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

  /** @returns the logins and the refused lines of what is complete now, in order; offsets of errors count all bytes that were pushed */
  push(chunk: Uint8Array): readonly (LoginEvent | SensorError)[] {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    this.#splitter.push(bytes, this.#take);
    return this.#given();
  }

  /** There is no more: what stands behind the last line end is a line. */
  end(): readonly (LoginEvent | SensorError)[] {
    this.#splitter.end(this.#take);
    return this.#given();
  }

  #given(): readonly (LoginEvent | SensorError)[] {
    const found = this.#found;
    this.#found = [];
    this.#searched = null;
    return found;
  }

  /** Most lines of a mail log are others', so what every line that matters holds is looked for in all of them at once. */
  #nextMark(bytes: Buffer, from: number): number {
    if (this.#searched !== bytes || this.#mark < from) {
      const at = bytes.indexOf(PROCESS, from);
      this.#searched = bytes;
      this.#mark = at < 0 ? bytes.length : at;
    }
    return this.#mark;
  }

  readonly #take: TakeLine = (bytes, start, end, offset) => {
    if (this.#nextMark(bytes, start) >= end && !isJsonOfBytes(bytes, start, end)) return;
    const found = this.#reader.read(bytes.toString('utf8', start, end));
    if (found === null) return;
    this.#found.push(found instanceof SensorError ? moved(found, offset) : found);
  };
}

/** Also in JSON it is written like that. */
const PROCESS = Buffer.from('-login: ');
const JSON_BYTES = '"MESSAGE":[';

/** A journal entry whose message is no text. */
const isJsonOfBytes = (bytes: Buffer, start: number, end: number): boolean =>
  bytes[start] === 0x7b && bytes.subarray(start, end).includes(JSON_BYTES);

const moved = ({ code, field, offset, message }: SensorError, by: number): SensorError =>
  new SensorError(code, field, by + offset, message);
