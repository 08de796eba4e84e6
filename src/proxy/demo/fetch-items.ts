import { MAX_FETCH_ITEMS } from './limits.js';

/** What part of a message without parts a section names; `none`: one that it has not. */
export type Section =
  | { readonly of: 'whole' | 'header' | 'text' | 'mime' | 'none' }
  /** `names` in lower case; `not`: all but these. */
  | { readonly of: 'fields'; readonly names: ReadonlySet<string>; readonly not: boolean };

export type FetchItem =
  | { readonly kind: 'value'; readonly name: ValueName }
  /** `label`: as the answer calls it, without the origin of a part. */
  | {
      readonly kind: 'content';
      readonly label: string;
      readonly section: Section;
      readonly partial: { readonly from: number; readonly count: number } | null;
      readonly peek: boolean;
    };

const VALUES = ['FLAGS', 'UID', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE', 'BODYSTRUCTURE', 'BODY'] as const;
export type ValueName = (typeof VALUES)[number];

/** RFC 9051 section 6.4.5, and RFC 3501's FULL. */
const MACROS: ReadonlyMap<string, readonly ValueName[]> = new Map([
  ['FAST', ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE']],
  ['ALL', ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE']],
  ['FULL', ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE', 'BODY']],
]);

/** RFC 3501 section 6.4.5: what older clients say for sections. */
const OLD_NAMES: ReadonlyMap<string, { readonly of: 'whole' | 'header' | 'text'; readonly peek: boolean }> = new Map([
  ['RFC822', { of: 'whole', peek: false }],
  ['RFC822.HEADER', { of: 'header', peek: true }],
  ['RFC822.TEXT', { of: 'text', peek: false }],
]);

const ITEM = /(?:BODY(\.PEEK)?\[([^\]]*)\](?:<(\d{1,10})\.([1-9]\d{0,9})>)?|([A-Z0-9.]+))(?: |$)/y;
const FIELDS = /^HEADER\.FIELDS(\.NOT)? \(([^()]+)\)$/;
const PART = /^[1-9]\d*(?:\.[1-9]\d*)*(?:\.(?:HEADER|TEXT|MIME|HEADER\.FIELDS(?:\.NOT)? \([^()]+\)))?$/;

/**
 * Reads what a FETCH asks for: one item, a macro, or a list of items.
 *
 * @returns null where it is nothing of the kind, or too much
 */
export function readFetchItems(text: string): readonly FetchItem[] | null {
  if (/[^ -~]/.test(text)) return null;
  const upper = text.toUpperCase();
  const macro = MACROS.get(upper);
  if (macro !== undefined) return macro.map(valueItem);
  const isList = upper.startsWith('(') && upper.endsWith(')');
  const items = readItems(isList ? upper.slice(1, -1) : upper);
  return items !== null && (isList || items.length === 1) ? items : null;
}

function readItems(text: string): readonly FetchItem[] | null {
  const items: FetchItem[] = [];
  ITEM.lastIndex = 0;
  while (ITEM.lastIndex < text.length) {
    const match = ITEM.exec(text);
    if (match === null || items.length === MAX_FETCH_ITEMS) return null;
    const [, peek, section, from, count, name] = match;
    const item = name === undefined ? contentItem(section!, peek !== undefined, from, count) : namedItem(name);
    if (item === null) return null;
    items.push(item);
  }
  return items.length === 0 ? null : items;
}

function namedItem(name: string): FetchItem | null {
  const old = OLD_NAMES.get(name);
  if (old !== undefined) {
    return { kind: 'content', label: name, section: { of: old.of }, partial: null, peek: old.peek };
  }
  const value = VALUES.find((known) => known === name);
  return value === undefined ? null : valueItem(value);
}

function valueItem(name: ValueName): FetchItem {
  return { kind: 'value', name };
}

function contentItem(text: string, peek: boolean, from?: string, count?: string): FetchItem | null {
  const section = readSection(text);
  if (section === null) return null;
  const partial = from === undefined ? null : { from: Number(from), count: Number(count) };
  return { kind: 'content', label: `BODY[${text}]`, section, partial, peek };
}

/** RFC 9051 section 6.4.5.1. A message without parts is its own part 1. */
function readSection(text: string): Section | null {
  if (text === '') return { of: 'whole' };
  if (text === 'HEADER') return { of: 'header' };
  if (text === 'TEXT' || text === '1') return { of: 'text' };
  if (text === '1.MIME') return { of: 'mime' };
  const fields = FIELDS.exec(text);
  if (fields === null) return PART.test(text) ? { of: 'none' } : null;
  const names = fields[2]!.toLowerCase().replaceAll('"', '').split(' ');
  return { of: 'fields', names: new Set(names), not: fields[1] !== undefined };
}
