import { MAX_SASL_BASE64 } from './limits.js';

/**
 * Reads base64 as RFC 4648 section 4 writes it: padded, with nothing between, and with the unused bits zero (section 3.5), so that one text stands for each
 * sequence of bytes. null for everything else, and for more than {@link MAX_SASL_BASE64} characters. The bytes are the caller's own.
 */
export function decodeBase64(text: string): Uint8Array | null {
  if (text.length % 4 !== 0 || text.length > MAX_SASL_BASE64) return null;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  // Not Buffer.from: its pool would keep a copy of a password that nobody wipes.
  const view = Buffer.from(bytes.buffer);
  view.write(text, 'base64');
  return view.toString('base64') === text ? bytes : null;
}

export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** A client's line in an exchange: the bytes; `aborted` for `*`; `invalid` for what is no base64. */
export type SaslResponse = { readonly response: Uint8Array } | 'aborted' | 'invalid';

/** Reads a client's line in an exchange, which has no `=` for nothing: that is the empty line. */
export function readResponse(line: string): SaslResponse {
  if (line === '*') return 'aborted';
  const response = decodeBase64(line);
  return response === null ? 'invalid' : { response };
}

/** An initial response as it stands in the command: `=` is the empty one (RFC 4954 section 4, RFC 9051 section 6.2.2, RFC 5034 section 4). */
export function decodeInitial(text: string): Uint8Array | null {
  return decodeBase64(text === '=' ? '' : text);
}

/** An initial response for the command. */
export function encodeInitial(bytes: Uint8Array): string {
  return bytes.length === 0 ? '=' : encodeBase64(bytes);
}
