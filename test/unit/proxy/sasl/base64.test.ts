import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeBase64,
  decodeInitial,
  encodeBase64,
  encodeInitial,
  readResponse,
} from '../../../../src/proxy/sasl/index.js';

const text = (bytes: Uint8Array | null) => (bytes === null ? null : Buffer.from(bytes).toString('latin1'));

describe('base64', () => {
  // RFC 4648 section 10.
  it.each([
    ['', ''],
    ['f', 'Zg=='],
    ['fo', 'Zm8='],
    ['foo', 'Zm9v'],
    ['foob', 'Zm9vYg=='],
    ['fooba', 'Zm9vYmE='],
    ['foobar', 'Zm9vYmFy'],
  ])('of %j is %j', (plain, encoded) => {
    expect(encodeBase64(Buffer.from(plain))).toBe(encoded);
    expect(text(decodeBase64(encoded))).toBe(plain);
  });

  it.each([
    ['no padding', 'Zg'],
    ['half of it', 'Zg='],
    ['too much', 'Zg==='],
    ['nothing but padding', '===='],
    ['a group of padding behind a whole one', 'Zm9v===='],
    ['padding inside', 'Zg==Zg=='],
    ['unused bits that are not zero (section 3.5)', 'Zh=='],
    ['the alphabet of section 5', 'Zm-_'],
    ['a space', 'Zm9 '],
    ['a line end', 'Zm9v\r\n'],
    ['a character beyond ASCII', 'Zm9\u00ff'],
    ['NUL', 'Zm9\0'],
  ])('is refused with %s', (_, encoded) => {
    expect(decodeBase64(encoded)).toBeNull();
  });

  it('is refused when it is longer than a line of SASL may be', () => {
    expect(decodeBase64('A'.repeat(12_288))).toHaveLength(9216);
    expect(decodeBase64('A'.repeat(12_292))).toBeNull();
  });

  it('comes back as it was', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(decodeBase64(encodeBase64(bytes))).toEqual(bytes);
      }),
    );
  });

  it('gives bytes of their own: overwriting them touches nothing else', () => {
    const bytes = decodeBase64('c2VjcmV0')!;
    expect(bytes.buffer.byteLength).toBe(6);
  });

  it('knows the empty initial response, which is no response to a challenge', () => {
    expect(decodeInitial('=')).toHaveLength(0);
    expect(encodeInitial(new Uint8Array())).toBe('=');
    expect(readResponse('=')).toBe('invalid');
    expect(readResponse('')).toEqual({ response: new Uint8Array() });
    expect(readResponse('*')).toBe('aborted');
  });
});
