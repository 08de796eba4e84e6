import { decodeBase64, encodeBase64 } from './sasl/index.js';

/** Names and values that proxies hand on with XCLIENT: `FORWARD`. */
export type ForwardFields = readonly (readonly [name: string, value: string])[];

const ESCAPES: Readonly<Record<string, string>> = {
  '\0': '\x010',
  '\x01': '\x011',
  '\t': '\x01t',
  '\r': '\x01r',
  '\n': '\x01n',
};
const UNESCAPES: Readonly<Record<string, string>> = { 0: '\0', 1: '\x01', t: '\t', r: '\r', n: '\n' };
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
    const part = `${name}=${value}`.replace(/[\0\x01\t\r\n]/g, (character) => ESCAPES[character]!);
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
    if (/\x01(?![01trn])/.test(part)) return null;
    const plain = part.replace(/\x01([01trn])/g, (_, letter: string) => UNESCAPES[letter]!);
    const equals = plain.indexOf('=');
    fields.push(equals < 0 ? [plain, ''] : [plain.slice(0, equals), plain.slice(equals + 1)]);
  }
  return fields;
}
