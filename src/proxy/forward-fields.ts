import { decodeBase64, encodeBase64 } from './sasl/index.js';

/** Names and values that proxies hand on with XCLIENT: `FORWARD`. */
export type ForwardFields = readonly (readonly [name: string, value: string])[];

/** ^A comes first: it stands in the others' escapes. */
const ESCAPES = [
  ['\x01', '1'],
  ['\0', '0'],
  ['\t', 't'],
  ['\r', 'r'],
  ['\n', 'n'],
] as const;
const UNESCAPES: ReadonlyMap<string, string> = new Map(ESCAPES.map(([character, letter]) => [letter, character]));
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * The value of FORWARD as Dovecot reads it: base64 of `name=value`, joined by tabs, with NUL, ^A, tab, CR and LF escaped by ^A.
 *
 * @param maxLength characters of base64; fields that do not fit in are left out, whole
 * @returns null where nothing is left
 */
export function encodeForwardFields(fields: ForwardFields, maxLength: number): string | null {
  const parts: string[] = [];
  // Four characters for each three octets begun.
  let room = Math.floor(maxLength / 4) * 3;
  for (const [name, value] of fields) {
    const part = tabEscape(`${name}=${value}`);
    const length = Buffer.byteLength(part) + (parts.length > 0 ? 1 : 0);
    if (length > room) continue;
    room -= length;
    parts.push(part);
  }
  return parts.length === 0 ? null : encodeBase64(Buffer.from(parts.join('\t')));
}

/** Reads what {@link encodeForwardFields} writes. null: no base64, or an escape that is none. A part without `=` is a name with an empty value. */
export function decodeForwardFields(text: string): ForwardFields | null {
  const bytes = decodeBase64(text);
  if (bytes === null) return null;
  const joined = utf8.decode(bytes);
  if (joined === '') return [];
  const fields: (readonly [string, string])[] = [];
  for (const part of joined.split('\t')) {
    const plain = tabUnescape(part);
    if (plain === null) return null;
    const equals = plain.indexOf('=');
    fields.push(equals < 0 ? [plain, ''] : [plain.slice(0, equals), plain.slice(equals + 1)]);
  }
  return fields;
}

function tabEscape(text: string): string {
  return ESCAPES.reduce((escaped, [character, letter]) => escaped.replaceAll(character, `\x01${letter}`), text);
}

function tabUnescape(text: string): string | null {
  const [first = '', ...escaped] = text.split('\x01');
  const parts = escaped.map((part) => {
    const character = UNESCAPES.get(part.charAt(0));
    return character === undefined ? null : character + part.slice(1);
  });
  return parts.includes(null) ? null : [first, ...parts].join('');
}
