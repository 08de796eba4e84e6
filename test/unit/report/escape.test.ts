import { describe, expect, it } from 'vitest';
import { escapeText, jsonText } from '../../../src/report/escape.js';

// What a terminal, or a reader's eye, can be fooled with: Unicode Standard Annex 9 (bidirectional), ECMA-48 (controls), and characters drawn as nothing.
const hostile: readonly (readonly [string, string, string])[] = [
  ['escape sequence', '\x1b[31mred', '\\x1b[31mred'],
  ['bell and newline', 'a\x07\nb', 'a\\x07\\x0ab'],
  ['delete', 'a\x7f', 'a\\x7f'],
  ['C1 control sequence introducer', 'a\x9b2J', 'a\\x9b2J'],
  ['next line', 'a\x85b', 'a\\x85b'],
  ['no-break space', 'a\xa0b', 'a\\xa0b'],
  ['soft hyphen', 'a\xadb', 'a\\xadb'],
  ['right-to-left override', 'exe\u202egpj', 'exe\\u202egpj'],
  ['isolate', '\u2067x\u2069', '\\u2067x\\u2069'],
  ['zero-width space and joiner', 'a\u200bb\u200dc', 'a\\u200bb\\u200dc'],
  ['byte order mark', '\ufeffa', '\\ufeffa'],
  ['line separator', 'a\u2028b', 'a\\u2028b'],
  ['Hangul filler', 'a\u3164b', 'a\\u3164b'],
  ['blank Braille pattern', 'a\u2800b', 'a\\u2800b'],
  ['variation selector', 'a\ufe0fb', 'a\\ufe0fb'],
  ['tag character beyond the basic plane', 'a\u{e0041}b', 'a\\u{e0041}b'],
  ['lone surrogate', 'a\ud800b', 'a\\ud800b'],
];

describe('escapeText', () => {
  it.each(hostile)('escapes %s', (_name, text, shown) => {
    expect(escapeText(text)).toBe(shown);
  });

  it('doubles the backslash, so that an escape is never ambiguous', () => {
    expect(escapeText('\\x1b')).toBe('\\\\x1b');
    expect(escapeText('\x1b')).not.toBe(escapeText('\\x1b'));
  });

  it('leaves what can be seen as it is', () => {
    expect(escapeText('mail.example.org "x" <y>')).toBe('mail.example.org "x" <y>');
    expect(escapeText('büro 郵便')).toBe('büro 郵便');
  });
});

describe('jsonText', () => {
  it.each(hostile)('keeps %s for the reader and hides it from the terminal', (_name, text) => {
    const json = jsonText(text);
    expect(JSON.parse(json)).toBe(text);
    expect(json).not.toMatch(/[\p{C}\p{Default_Ignorable_Code_Point}\u2028\u2029\u2800\xa0]/u);
  });

  it('is JSON for every character of a byte', () => {
    const all = String.fromCharCode(...Array.from({ length: 256 }, (_, i) => i));
    expect(JSON.parse(jsonText(all))).toBe(all);
    expect(jsonText('a"b\\c')).toBe(JSON.stringify('a"b\\c'));
  });
});
