import { MAX_SASL_NAME } from './limits.js';

// A mark at the beginning is part of the name: dropping it would make two names one.
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** A user name as text: UTF-8, with U+FFFD for what is none. For routes and logs; the bytes go on as they came. */
export function nameText(bytes: Uint8Array): string {
  return utf8.decode(bytes);
}

/** A name that may be handed on: not empty, not too long, and without NUL, which no mechanism can carry. */
export function isName(bytes: Uint8Array): boolean {
  return bytes.length > 0 && bytes.length <= MAX_SASL_NAME && !bytes.includes(0);
}

/** RFC 5801 section 4, RFC 5802 section 5.1: `=2C` and `=3D` stand for comma and equals sign, and no other `=` may be there. Latin-1 in and out; null: none. */
export function decodeSaslName(text: string): string | null {
  if (/=(?!2C|3D)/.test(text)) return null;
  return text.replaceAll('=2C', ',').replaceAll('=3D', '=');
}
