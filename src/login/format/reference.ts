import { SensorError } from '../../errors.js';
import { type Filter, type FilterArgument, filterNames, makeFilter } from './filters.js';
import { MAX_FILTERS } from './limits.js';
import type { LineRecord } from './record.js';
import type { Value, Variable } from './variables.js';

/** The variables that a setting may use. */
export interface Names {
  /** `%{NAME}` */
  named(name: string): Variable | null;
  /** `%X` */
  letter(letter: string): Variable | null;
  readonly all: readonly string[];
}

/** Finds the name that was meant; null where none is near. */
export type Suggest = (word: string, known: readonly string[]) => string | null;

/** Where a text is read: everything refused names the setting and a place in it. */
export interface Reading {
  /** `login_log_format`, `login_log_format_elements` */
  readonly setting: string;
  readonly text: string;
  readonly names: Names;
  readonly suggest: Suggest;
}

/** A piece of an element: text, or what is looked up for each line. */
export type Piece = string | Reference;

export interface Reference extends Variable {
  /** What the filters make of an empty value. */
  readonly empty: string;
}

/** 2.3's letter with its modifier for capitals; 2.4's name with filters; `%%`. */
const SHORT = /%([LU]?)([a-zA-Z$])/y;
const NAME = /\s*([a-zA-Z0-9_:-]+)\s*/y;
const FILTER = /\s*([a-zA-Z0-9_]+)\s*/y;
const ARGUMENT = /\s*(?:(-?\d{1,6})|'([^']*)'|"([^"]*)")\s*/y;

/**
 * Reads one element, or a whole format.
 *
 * @param from where it begins in the setting
 * @param end where it ends
 * @throws SensorError `login_format`
 */
export function readPieces(reading: Reading, from: number, end: number): Piece[] {
  const { text } = reading;
  const pieces: Piece[] = [];
  let at = from;
  while (at < end) {
    const percent = text.indexOf('%', at);
    if (percent < 0 || percent >= end) {
      pieces.push(text.slice(at, end));
      break;
    }
    if (percent > at) pieces.push(text.slice(at, percent));
    if (text[percent + 1] === '%') {
      pieces.push('%');
      at = percent + 2;
    } else if (text[percent + 1] === '{') {
      const read = readBraces(reading, percent);
      pieces.push(read.reference);
      at = read.end;
    } else {
      const short = match(SHORT, text, percent);
      if (short === null) throw refused(reading, percent, 'a % that begins no variable; a percent sign is %%');
      const variable = reading.names.letter(short[2]!);
      if (variable === null) throw refused(reading, percent, `there is no variable %${short[2]}`);
      pieces.push(filtered(variable, capitals(short[1]!)));
      at = percent + short[0].length;
    }
  }
  return pieces;
}

function capitals(modifier: string): readonly Filter[] {
  if (modifier === '') return [];
  return [makeFilter(modifier === 'L' ? 'lower' : 'upper', [])!];
}

/** Where `%{…}` ends, behind its brace: braces in quotes are text. @returns -1 where it does not */
export function endOfBraces(text: string, from: number): number {
  let quote = '';
  for (let at = from + 2; at < text.length; at++) {
    const character = text[at]!;
    if (quote !== '') quote = character === quote ? '' : quote;
    else if (character === '}') return at + 1;
    else if (character === "'" || character === '"') quote = character;
  }
  return -1;
}

function readBraces(reading: Reading, start: number): { reference: Reference; end: number } {
  const { text, names } = reading;
  const name = match(NAME, text, start + 2);
  if (name === null) throw refused(reading, start, 'no name behind %{');
  const variable = names.named(name[1]!);
  if (variable === null) throw refused(reading, start, unknown(reading, `variable %{${name[1]}}`, name[1]!, names.all));
  const filters: Filter[] = [];
  let at = start + 2 + name[0].length;
  while (text[at] === '|') {
    if (filters.length === MAX_FILTERS) throw refused(reading, at, `more than ${MAX_FILTERS} filters`);
    const read = readFilter(reading, at + 1);
    filters.push(read.filter);
    at = read.end;
  }
  if (text[at] !== '}') throw refused(reading, at, `%{${name[1]} does not go on with | or }`);
  return { reference: filtered(variable, filters), end: at + 1 };
}

function readFilter(reading: Reading, start: number): { filter: Filter; end: number } {
  const { text } = reading;
  const name = match(FILTER, text, start);
  if (name === null) throw refused(reading, start, 'no filter behind |');
  if (!filterNames.includes(name[1]!)) {
    throw refused(reading, start, unknown(reading, `filter ${name[1]}`, name[1]!, filterNames));
  }
  let at = start + name[0].length;
  const args: FilterArgument[] = [];
  if (text[at] === '(') {
    do {
      const argument = match(ARGUMENT, text, at + 1);
      if (argument === null)
        throw refused(reading, at + 1, `an argument of ${name[1]} that is no number and no text in quotes`);
      args.push(argument[1] === undefined ? (argument[2] ?? argument[3]!) : Number(argument[1]));
      at += 1 + argument[0].length;
    } while (text[at] === ',');
    if (text[at] !== ')') throw refused(reading, at, `no ) behind the arguments of ${name[1]}`);
    at++;
    while (text[at] === ' ') at++;
  }
  const filter = makeFilter(name[1]!, args);
  if (filter === null) throw refused(reading, start, `${name[1]} does not take these arguments`);
  return { filter, end: at };
}

function filtered(variable: Variable, filters: readonly Filter[]): Reference {
  const apply = (value: string): string => filters.reduce((text, filter) => filter(text), value);
  const value: Value = filters.length === 0 ? variable.value : (record: LineRecord) => apply(variable.value(record));
  return { ...variable, value, empty: apply('') };
}

function unknown({ suggest }: Reading, what: string, word: string, known: readonly string[]): string {
  const near = suggest(word, known);
  return `there is no ${what}${near === null ? '' : `; ${near}?`}`;
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

export function refused({ setting }: Reading, offset: number, reason: string): SensorError {
  return new SensorError('login_format', setting, offset, `${setting}: ${reason}`);
}
