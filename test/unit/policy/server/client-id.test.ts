import { describe, expect, it } from 'vitest';
import { readClientId } from '../../../../src/policy/server/client-id.js';
import { MAX_CLIENT_ID_PAIRS } from '../../../../src/policy/server/limits.js';

describe('an IMAP ID as Dovecot keeps it', () => {
  it.each([
    // What Dovecot 2.3.19 and 2.4.1 told of `ID ("name" "Mu\"t\\t" "x" NIL "os" "a/b")`: test/data/policy.
    [
      '"name" "Mu\\"t\\\\t" "x" NIL "os" "a/b"',
      [
        ['name', 'Mu"t\\t'],
        ['x', null],
        ['os', 'a/b'],
      ],
    ],
    ['"name" "Thunderbird"', [['name', 'Thunderbird']]],
    ['"name" ""', [['name', '']]],
    ['"name" nil', [['name', null]]],
    // Cut, as Dovecot cuts at 256 bytes: the whole pairs.
    ['"name" "Thunderbird" "version" "12', [['name', 'Thunderbird']]],
    ['"name" "Thunderbird" "version"', [['name', 'Thunderbird']]],
  ])('%s', (text, pairs) => expect(readClientId(text)).toEqual(pairs));

  it.each(['', 'Mozilla/5.0 (X11; Linux x86_64)', 'NIL "x"', '"name', '"a"b" "c"', '("name" "x")', ' "a" "b"'])(
    'nothing: %s',
    (text) => expect(readClientId(text)).toBeNull(),
  );

  it('no more pairs than RFC 2971 allows', () => {
    expect(readClientId('"a" "b" '.repeat(100))).toHaveLength(MAX_CLIENT_ID_PAIRS);
  });

  it('is quick with what looks like a list for long', () => {
    const text = `"a" "${'\\a'.repeat(40_000)}`;
    expect(readClientId(text)).toBeNull();
  });
});
