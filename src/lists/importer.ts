import { SensorError } from '../errors.js';
import { formats } from './formats/index.js';
import { type FoundObject, JsonDocument, jsonLines, jsonObject, notAnObject } from './json-records.js';
import { MAX_HEAD_BYTES, MAX_HEAD_LINES } from './limits.js';
import { type Line, LineCutter } from './lines.js';
import {
  badLine,
  type JsonObject,
  type LineReader,
  type ListFormat,
  type Provenance,
  type ReadObject,
  Rows,
} from './rows.js';
import type { ImportedRow, ImportFormat } from './types.js';

/** What can be imported. */
export const FORMATS: readonly ImportFormat[] = formats;

/** Source and licence to give to labels, where a list has none of its own or the caller knows better. Our own labels keep theirs. */
export type ImportOptions = Provenance;

/** How a list is cut up. */
interface Reading {
  readonly format: ListFormat | null;
  push(bytes: Uint8Array): void;
  end(): void;
}

/**
 * Reads a list that comes in pieces, cut anywhere. The format is told by what stands at its beginning, never by a name; until it is, rows are held back.
 *
 * A row that cannot be used is a `RejectedRow`; only a list that as a whole is none of ours, or breaks off, is an error.
 */
export class Importer {
  readonly #options: ImportOptions;
  readonly #rows = new Rows();
  /** Bytes from before it was known how to cut them. */
  #first: Uint8Array = new Uint8Array(0);
  #reading: Reading | null = null;

  constructor(options: ImportOptions = {}) {
    this.#options = options;
  }

  /** null until it is known. */
  get format(): ImportFormat | null {
    return this.#reading?.format ?? null;
  }

  /** Rows so far that are not about TLS clients, or have no fingerprint. */
  get passedOver(): number {
    return this.#rows.passedOver;
  }

  /**
   * The rows that these bytes complete.
   *
   * @throws SensorError `list_packed`, `list_unknown`
   */
  push(bytes: Uint8Array): readonly ImportedRow[] {
    if (this.#reading !== null) this.#reading.push(bytes);
    else {
      this.#first = Buffer.concat([this.#first, bytes]);
      this.#begin(false);
    }
    return this.#rows.take();
  }

  /**
   * The rows that only the end completes.
   *
   * @throws SensorError `list_empty`, `list_unknown`, `list_cut`
   */
  end(): readonly ImportedRow[] {
    this.#begin(true);
    this.#reading!.end();
    return this.#rows.take();
  }

  #begin(ended: boolean): void {
    if (this.#reading !== null) return;
    const shape = shapeOf(this.#first, ended);
    if (shape === null) return;
    this.#reading =
      shape === 'document' ? new Objects(this.#rows, this.#options) : new Lines(this.#rows, this.#options);
    this.#reading.push(this.#first);
    this.#first = new Uint8Array(0);
  }
}

/** Bytes of white space a list may begin with, and still be looked at for a bracket. */
const MAX_BLANK = 1_024;

/**
 * Whether the objects of a list stand one a line, or in an array however it is broken into lines (also objects after one another, each over several lines,
 * as jq prints them). null: more bytes would tell.
 */
function shapeOf(first: Uint8Array, ended: boolean): 'lines' | 'document' | null {
  // RFC 1952 section 2.3.1. No text begins with this control character.
  if (first[0] === 0x1f && (first[1] === 0x8b || (first.length === 1 && ended))) {
    throw new SensorError('list_packed', 'list', 0, 'is packed with gzip: unpack it, as with gzip -dc');
  }
  const text = Buffer.from(first.subarray(0, MAX_BLANK))
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '');
  if (/^\s*\[/.test(text) || /^\s*\{\r?\n/.test(text)) return 'document';
  const undecided =
    first[0] === 0x1f ? first.length === 1 : /^(?:\xef\xbb?|\s*(?:\{\r?)?)$/.test(text) && first.length < MAX_BLANK;
  return undecided && !ended ? null : 'lines';
}

/** A list of lines: those of a text format, or objects one a line. */
class Lines implements Reading {
  readonly #rows: Rows;
  readonly #options: ImportOptions;
  readonly #cutter = new LineCutter();
  #head: Line[] = [];
  #headLength = 0;
  #reader: LineReader | null = null;
  format: ListFormat | null = null;

  constructor(rows: Rows, options: ImportOptions) {
    this.#rows = rows;
    this.#options = options;
  }

  push(bytes: Uint8Array): void {
    for (const line of this.#cutter.push(bytes)) this.#line(line);
  }

  end(): void {
    for (const line of this.#cutter.end()) this.#line(line);
    if (this.#reader === null) throw this.#unknown();
    this.#reader.end();
  }

  #line(line: Line): void {
    if (this.#reader !== null) {
      this.#reader.line(line);
      return;
    }
    this.#head.push(line);
    this.#headLength += line.text.length;
    const format = formatOfLine(line);
    if (format !== null) {
      this.format = format;
      const reader =
        format.reads === 'lines'
          ? format.open(this.#rows, this.#options)
          : jsonLines(this.#rows, format.open(this.#rows, this.#options));
      this.#reader = reader;
      for (const earlier of this.#head) reader.line(earlier);
      this.#head = [];
    } else if (this.#head.length >= MAX_HEAD_LINES || this.#headLength > MAX_HEAD_BYTES) throw this.#unknown();
  }

  #unknown(): SensorError {
    return this.#head.every((line) => line.wrong === null && line.text.trim() === '') ? nothing() : unknown();
  }
}

/** A JSON document with the objects in it. */
class Objects implements Reading {
  readonly #rows: Rows;
  readonly #options: ImportOptions;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  readonly #document = new JsonDocument();
  #head: FoundObject[] = [];
  #headLength = 0;
  #read: ReadObject | null = null;
  format: ListFormat | null = null;

  constructor(rows: Rows, options: ImportOptions) {
    this.#rows = rows;
    this.#options = options;
  }

  push(bytes: Uint8Array): void {
    for (const found of this.#document.push(this.#decode(bytes))) this.#object(found);
  }

  end(): void {
    for (const found of this.#document.push(this.#decode(null))) this.#object(found);
    this.#document.end();
    if (this.#read === null) throw this.#head.length === 0 ? nothing() : unknown();
  }

  #decode(bytes: Uint8Array | null): string {
    try {
      return bytes === null ? this.#decoder.decode() : this.#decoder.decode(bytes, { stream: true });
    } catch (cause) {
      throw new SensorError('list_not_utf8', 'list', 0, 'is a JSON document and no UTF-8', { cause });
    }
  }

  #object(found: FoundObject): void {
    if (this.#read !== null) {
      this.#give(found, this.#read);
      return;
    }
    this.#head.push(found);
    this.#headLength += found.text?.length ?? 0;
    const object = found.text === null ? null : jsonObject(found.text);
    const format = object === null ? null : formatOfObject(object);
    if (format !== null) {
      this.format = format;
      const read = format.open(this.#rows, this.#options);
      this.#read = read;
      for (const earlier of this.#head) this.#give(earlier, read);
      this.#head = [];
    } else if (this.#head.length >= MAX_HEAD_LINES || this.#headLength > MAX_HEAD_BYTES) throw unknown();
  }

  #give({ text, line }: FoundObject, read: ReadObject): void {
    this.#rows.attempt(line, () => {
      if (text === null) throw badLine({ wrong: 'line_too_long' });
      const object = jsonObject(text);
      if (object === null) throw notAnObject();
      read(object, line);
    });
  }
}

function formatOfLine({ text }: Line): ListFormat | null {
  const line = text.replace(/\r$/, '');
  const object = line.trimStart().startsWith('{') ? jsonObject(line) : null;
  if (object !== null) return formatOfObject(object);
  return formats.find((format) => format.reads === 'lines' && format.recognise(line)) ?? null;
}

function formatOfObject(object: JsonObject): Extract<ListFormat, { reads: 'objects' }> | null {
  for (const format of formats) if (format.reads === 'objects' && format.recognise(object)) return format;
  return null;
}

function nothing(): SensorError {
  return new SensorError('list_empty', 'list', 0, 'there is nothing in it');
}

function unknown(): SensorError {
  return new SensorError('list_unknown', 'list', 0, 'is of no format that is known here');
}
