import { MAX_FORMAT, MAX_FORMAT_ELEMENTS } from './limits.js';
import type { LineRecord } from './record.js';
import { endOfBraces, type Names, type Piece, type Reading, readPieces, refused, type Suggest } from './reference.js';
import { variableNamed, variableNames, variableOfLetter } from './variables.js';

/** Whose lines ours are shaped as. */
export type LineStyle = '2.3' | '2.4';

export interface FormatOptions {
  readonly style: LineStyle;
  /** `login_log_format`: `%{message}` and `%{elements}`, in 2.3 `%$` and `%s`. */
  readonly format: string;
  /** `login_log_format_elements` */
  readonly elements: string;
  /** For what is misspelled. */
  readonly suggest?: Suggest;
}

/** Turns a login into the text of its line. */
export type LineTemplate = (record: LineRecord) => string;

interface Element {
  readonly pieces: readonly Piece[];
  /** Its text where all variables are empty: then it is left out. */
  readonly empty: string;
  readonly stays: boolean;
}

const elementNames: Names = { named: variableNamed, letter: variableOfLetter, all: variableNames };

/**
 * Reads both settings, once.
 *
 * @throws SensorError `login_format`: `field` is the setting, `offset` the character
 */
export function compileFormat({ style, format, elements, suggest = () => null }: FormatOptions): LineTemplate {
  const list = compileElements(elements, style, suggest);
  const message = { value: (record: LineRecord) => record.message, isUser: false, isPassdb: false };
  const joined = { value: (record: LineRecord) => joinElements(list, style, record), isUser: false, isPassdb: false };
  const names: Names = {
    named: (name) => (name === 'message' ? message : name === 'elements' ? joined : null),
    letter: (letter) => (letter === '$' ? message : letter === 's' ? joined : null),
    all: ['message', 'elements'],
  };
  const reading: Reading = { setting: 'login_log_format', text: format, names, suggest };
  checkLength(reading);
  const pieces = readPieces(reading, 0, format.length);
  return (record) => expand(pieces, record);
}

function compileElements(text: string, style: LineStyle, suggest: Suggest): Element[] {
  const reading: Reading = { setting: 'login_log_format_elements', text, names: elementNames, suggest };
  checkLength(reading);
  const elements: Element[] = [];
  for (let at = 0; at < text.length; ) {
    if (text[at] === ' ' || text[at] === '\t') {
      at++;
      continue;
    }
    if (elements.length === MAX_FORMAT_ELEMENTS)
      throw refused(reading, at, `more than ${MAX_FORMAT_ELEMENTS} elements`);
    const end = endOfElement(reading, at);
    elements.push(element(readPieces(reading, at, end), style));
    at = end;
  }
  return elements;
}

/** At the next space that is in no braces: Dovecot 2.4 splits there too, and then cannot read what it has split. */
function endOfElement(reading: Reading, from: number): number {
  const { text } = reading;
  let at = from;
  while (at < text.length && text[at] !== ' ' && text[at] !== '\t') {
    if (text.startsWith('%%', at)) at += 2;
    else if (text.startsWith('%{', at)) {
      const end = endOfBraces(text, at);
      if (end < 0) throw refused(reading, at, 'a %{ without its }');
      at = end;
    } else at++;
  }
  return at;
}

function element(pieces: readonly Piece[], style: LineStyle): Element {
  return {
    pieces,
    empty: pieces.map((piece) => (typeof piece === 'string' ? piece : piece.empty)).join(''),
    stays: pieces.some((piece) => typeof piece !== 'string' && (piece.isUser || (piece.isPassdb && style === '2.3'))),
  };
}

function joinElements(elements: readonly Element[], style: LineStyle, record: LineRecord): string {
  let line = '';
  let last = false;
  for (const { pieces, empty, stays } of elements) {
    const text = expand(pieces, record);
    last = stays || text !== empty;
    if (last) line += line === '' ? text : `, ${text}`;
  }
  // Dovecot 2.4.1 leaves the comma of a last element that it drops.
  return style === '2.4' && !last && line !== '' ? `${line}, ` : line;
}

function expand(pieces: readonly Piece[], record: LineRecord): string {
  let text = '';
  for (const piece of pieces) text += typeof piece === 'string' ? piece : piece.value(record);
  return text;
}

function checkLength(reading: Reading): void {
  if (reading.text.length > MAX_FORMAT) throw refused(reading, MAX_FORMAT, `more than ${MAX_FORMAT} characters`);
}
