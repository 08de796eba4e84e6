import { SensorError } from '../errors.js';
import { MAX_LINE_BYTES } from './limits.js';
import { badLine, type JsonObject, type LineReader, type ReadObject, type Rows } from './rows.js';

/** The object a text is, or null. JSON.parse takes any depth; how much it is given is limited. */
export function jsonObject(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads one object a line. Lines that begin with `#` and empty ones are passed over. */
export function jsonLines(rows: Rows, read: ReadObject): LineReader {
  return {
    line: (line) =>
      rows.attempt(line.number, () => {
        if (line.wrong !== null) throw badLine(line);
        if (/^\s*(?:#|$)/.test(line.text)) return;
        const object = jsonObject(line.text);
        if (object === null) throw notAnObject();
        read(object, line.number);
      }),
    end: () => {},
  };
}

export function notAnObject(): SensorError {
  return new SensorError('bad_json', 'line', 0, 'is no JSON object');
}

/** A text between brackets that belong together. */
export interface FoundObject {
  /** null: longer than an object may be. */
  readonly text: string | null;
  /** Where it begins, from 1. */
  readonly line: number;
}

/**
 * Finds the objects of a JSON document by their brackets: members of one large array, or objects written out over lines. What stands between them says
 * nothing, and a string that does not end swallows what follows; then the document ends inside a value.
 */
export class JsonDocument {
  /** Brackets open inside the object. */
  #depth = 0;
  /** Of arrays around the objects. */
  #arrays = 0;
  #inText = false;
  #escaped = false;
  #line = 1;
  #begun = 0;
  #parts: string[] = [];
  #length = 0;

  /** The objects these characters complete. */
  push(text: string): FoundObject[] {
    const found: FoundObject[] = [];
    let start = 0;
    for (let at = 0; at < text.length; at++) {
      const character = text[at]!;
      if (character === '\n') this.#line++;
      if (this.#inText) {
        if (this.#escaped) this.#escaped = false;
        else if (character === '\\') this.#escaped = true;
        else if (character === '"') this.#inText = false;
      } else if (character === '"') {
        this.#inText = this.#depth > 0;
      } else if (this.#depth > 0) {
        if (character === '{' || character === '[') this.#depth++;
        else if ((character === '}' || character === ']') && --this.#depth === 0) {
          this.#keep(text.slice(start, at + 1));
          found.push({ text: this.#length > MAX_LINE_BYTES ? null : this.#parts.join(''), line: this.#begun });
          this.#parts = [];
          this.#length = 0;
        }
      } else if (character === '{') {
        this.#depth = 1;
        this.#begun = this.#line;
        start = at;
      } else if (character === '[') this.#arrays++;
      else if (character === ']') this.#arrays--;
    }
    if (this.#depth > 0) this.#keep(text.slice(start));
    return found;
  }

  /** @throws SensorError `list_cut` */
  end(): void {
    if (this.#depth <= 0 && this.#arrays <= 0) return;
    throw new SensorError('list_cut', 'list', 0, `line ${this.#line}: the JSON document ends inside a value`);
  }

  #keep(part: string): void {
    this.#length += part.length;
    if (this.#length <= MAX_LINE_BYTES) this.#parts.push(part);
    else this.#parts = [];
  }
}
