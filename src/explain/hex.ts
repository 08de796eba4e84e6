import { SensorError } from '../errors.js';
import { MAX_TEXT } from './limits.js';

/**
 * Bytes written as text, in the shapes people have them in:
 *
 * - hex digits with anything usual between them: white space, `:`, `,`, `;`, `0x`, `\x`, braces, quotes;
 * - dumps with an offset before and characters behind: xxd, `hexdump -C`, `od -A x -t x1`, `tshark -x`;
 * - what `openssl s_client -msg` prints: what was sent (`>>>`) is taken, all else left out.
 *
 * @throws SensorError `input_too_large`; `not_hex` where a character does not belong, `odd_hex` for half a byte. The offset counts characters.
 */
export function bytesOfText(text: string): Uint8Array {
  if (text.length > MAX_TEXT) {
    throw new SensorError('input_too_large', 'text', MAX_TEXT, `more than ${MAX_TEXT} characters of text`);
  }
  if (/^>>> /m.test(text)) return plainHex(sentMessages(text));
  return dumpBytes(text) ?? plainHex(text);
}

/** Could this be hex at all? For telling it from a file name that is mistyped. */
export function looksLikeHex(text: string): boolean {
  return />>> /.test(text) || (/^[\s0-9a-fx\\:,;{}[\]"'-]+$/i.test(text) && /[0-9a-f]{2}/i.test(text));
}

/** The indented lines below each `>>>` of openssl; the rest blanked out, so that offsets stay. */
function sentMessages(text: string): string {
  let sent = false;
  return text
    .split('\n')
    .map((line) => {
      if (/^(?:>>>|<<<) /.test(line)) sent = line.startsWith('>>>');
      else if (sent && /^ {4}[0-9a-f]{2}(?: [0-9a-f]{2})*\s*$/.test(line)) return line;
      else sent = false;
      return ' '.repeat(line.length);
    })
    .join('\n');
}

/** Offset of a dump's line, and all behind it. od puts a space behind it, hexdump and tshark two, xxd a colon. */
const DUMP_LINE = /^\s*(?:0x)?([0-9a-f]{4,8})(?::\s*|\s+|$)(.*)$/i;

/** The usual width of a dump. */
const WIDTH = 16;

/** null where the text is no dump: the offsets of a dump begin with 0 and grow by what the lines hold. */
function dumpBytes(text: string): Uint8Array | null {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const rows: { readonly offset: number; readonly rest: string }[] = [];
  for (const line of lines) {
    const match = DUMP_LINE.exec(line.replace(/\r$/, ''));
    if (match === null) return null;
    rows.push({ offset: Number.parseInt(match[1]!, 16), rest: match[2]! });
  }
  if (rows.length === 0 || rows[0]!.offset !== 0) return null;
  const width = rows.length > 1 ? rows[1]!.offset : WIDTH;
  if (width === 0) return null;
  const bytes: number[] = [];
  for (const [i, { offset, rest }] of rows.entries()) {
    if (offset !== bytes.length) return null;
    const next = rows[i + 1]?.offset;
    const line = rowBytes(rest, next === undefined ? width : next - offset);
    if (line === null || (next !== undefined && line.length !== next - offset)) return null;
    // No spread: a line may be as long as the text.
    for (const byte of line) bytes.push(byte);
  }
  return bytes.length === 0 ? null : Uint8Array.from(bytes);
}

/** A byte, and the gap before it: hexdump has two blanks in the middle of a line. */
const BYTE = /\s{0,2}([0-9a-f]{2})/iy;

/** What may stand behind the bytes of a line: nothing, or the column of characters. */
const BEHIND = /^(?:\s{2,}|\s*$|\s*[|>])/;

/** The bytes of one line, at most so many: characters that look like hex may stand behind them. null: something else does. */
function rowBytes(rest: string, most: number): number[] | null {
  const bytes: number[] = [];
  let end = 0;
  while (bytes.length < most) {
    BYTE.lastIndex = end;
    const match = BYTE.exec(rest);
    if (match === null) break;
    bytes.push(Number.parseInt(match[1]!, 16));
    end = BYTE.lastIndex;
  }
  return BEHIND.test(rest.slice(end)) ? bytes : null;
}

function plainHex(text: string): Uint8Array {
  // Blanks instead of nothing, so that offsets stay those of the text.
  const digits = text.replace(/0x|\\x/gi, '  ').replace(/[:,;{}[\]"'-]/g, ' ');
  const wrong = digits.search(/[^\s0-9a-f]/i);
  if (wrong >= 0) {
    throw new SensorError('not_hex', 'text', wrong, `character ${wrong + 1} is no hex digit`);
  }
  const joined = digits.replace(/\s+/g, '');
  if (joined.length % 2 !== 0) {
    throw new SensorError('odd_hex', 'text', text.length, `${joined.length} hex digits: the last byte has only one`);
  }
  return new Uint8Array(Buffer.from(joined, 'hex'));
}
