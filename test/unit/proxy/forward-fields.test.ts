import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeForwardFields, encodeForwardFields } from '../../../src/proxy/forward-fields.js';

const plain = (encoded: string | null) => (encoded === null ? null : Buffer.from(encoded, 'base64').toString());

describe('FORWARD', () => {
  it('joins fields by tabs, and escapes as Dovecot does', () => {
    expect(
      plain(
        encodeForwardFields(
          [
            ['ssl_ja3_hash', 'abc'],
            ['ssl_ja3', '771,1,2,,'],
          ],
          4096,
        ),
      ),
    ).toBe('ssl_ja3_hash=abc\tssl_ja3=771,1,2,,');
    // lib/strescape.c: ^A and 1, t, r, n, 0.
    expect(plain(encodeForwardFields([['a', 'b\x01c\td\re\nf\0g=h']], 4096))).toBe(
      'a=b\x011c\x01td\x01re\x01nf\x010g=h',
    );
  });

  it('leaves out what does not fit, whole', () => {
    const fields = [
      ['a', 'x'.repeat(10)],
      ['b', 'y'.repeat(100)],
      ['c', 'z'],
    ] as const;
    expect(plain(encodeForwardFields(fields, 24))).toBe('a=xxxxxxxxxx\tc=z');
    expect(encodeForwardFields(fields, 24)!.length).toBeLessThanOrEqual(24);
    expect(encodeForwardFields([['b', 'y'.repeat(100)]], 24)).toBeNull();
    expect(encodeForwardFields([], 24)).toBeNull();
  });

  it.each([
    ['no base64', 'YQ'],
    ['an unknown escape', Buffer.from('a=\x01x').toString('base64')],
    ['half of one', Buffer.from('a=\x01').toString('base64')],
  ])('is refused: %s', (_, text) => {
    expect(decodeForwardFields(text)).toBeNull();
  });

  it('comes back as it was', () => {
    const name = fc.stringMatching(/^[a-z0-9_]+$/);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(name, fc.string({ unit: 'grapheme' })), { minLength: 1, maxLength: 5 }),
        (fields) => {
          expect(decodeForwardFields(encodeForwardFields(fields, 1e6)!)).toEqual(fields);
        },
      ),
    );
  });
});
