import { describe, expect, it } from 'vitest';
import { Reader } from '../../../src/bytes/reader.js';
import { refusal } from '../../harness/refusal.js';

const BYTES = Uint8Array.of(0x01, 0x02, 0x03, 0x04, 0xff, 0xfe, 0xfd, 0xfc, 0x09);

describe('Reader', () => {
  it('reads big-endian numbers, the high bit as a value and not as a sign', () => {
    expect(new Reader(BYTES).u8('x')).toBe(0x01);
    expect(new Reader(BYTES).u16('x')).toBe(0x0102);
    expect(new Reader(BYTES).u24('x')).toBe(0x010203);
    expect(new Reader(BYTES).u32('x')).toBe(0x01020304);
    expect(new Reader(BYTES, 4).u8('x')).toBe(0xff);
    expect(new Reader(BYTES, 4).u16('x')).toBe(0xfffe);
    expect(new Reader(BYTES, 4).u24('x')).toBe(0xfffefd);
    expect(new Reader(BYTES, 4).u32('x')).toBe(0xfffefdfc);
  });

  it('moves on with every read', () => {
    const reader = new Reader(BYTES);
    reader.u8('a');
    reader.u16('b');
    reader.skip(1, 'c');
    expect(reader.offset).toBe(4);
    expect(reader.remaining).toBe(5);
    expect([...reader.bytes(2, 'd')]).toEqual([0xff, 0xfe]);
    reader.u24('e');
    expect(reader.remaining).toBe(0);
    reader.finish('all');
  });

  it('gives views, not copies', () => {
    const own = Uint8Array.of(1, 2, 3);
    const view = new Reader(own).bytes(2, 'x');
    own[0] = 9;
    expect([...view]).toEqual([9, 2]);
  });

  it.each([
    ['u8', 0, (r: Reader) => r.u8('field')],
    ['u16', 1, (r: Reader) => r.u16('field')],
    ['u24', 2, (r: Reader) => r.u24('field')],
    ['u32', 3, (r: Reader) => r.u32('field')],
    ['bytes', 4, (r: Reader) => r.bytes(5, 'field')],
    ['skip', 4, (r: Reader) => r.skip(5, 'field')],
    ['child', 4, (r: Reader) => r.child(5, 'field')],
  ])('%s refuses what is not there and stays where it is', (_, available, read) => {
    // Bytes behind the end exist in the buffer: the bound counts, not the buffer.
    const reader = new Reader(BYTES, 1, 1 + available);
    expect(refusal(() => read(reader))).toEqual({ code: 'truncated', field: 'field', offset: 1 });
    expect(reader.remaining).toBe(available);
  });

  it('prefixes yield children that cannot leave their field', () => {
    const bytes = Uint8Array.of(2, 0xa, 0xb, 0, 1, 0xc, 0, 0, 1, 0xd, 7);
    const reader = new Reader(bytes);
    const first = reader.prefixed8('first');
    expect(first.u16('x')).toBe(0x0a0b);
    expect(refusal(() => first.u8('beyond'))).toEqual({ code: 'truncated', field: 'beyond', offset: 3 });
    expect(reader.prefixed16('second').u8('x')).toBe(0xc);
    expect(reader.prefixed24('third').u8('x')).toBe(0xd);
    expect(reader.remaining).toBe(1);
  });

  it('a prefix that overruns its parent is refused after the prefix', () => {
    const parent = new Reader(Uint8Array.of(0, 5, 1, 2, 3, 4, 5, 6), 0, 6);
    expect(refusal(() => parent.prefixed16('list'))).toEqual({ code: 'truncated', field: 'list', offset: 2 });
  });

  it('finish refuses leftovers where they begin', () => {
    const reader = new Reader(BYTES, 2, 6);
    reader.u16('x');
    expect(refusal(() => reader.finish('whole'))).toEqual({ code: 'trailing_bytes', field: 'whole', offset: 4 });
  });

  it('adds the base to offsets, in children too', () => {
    const reader = new Reader(BYTES, 1, 6, 1000);
    expect(reader.offset).toBe(1001);
    const child = reader.child(3, 'child');
    child.u8('x');
    expect(child.offset).toBe(1002);
    expect(refusal(() => child.u32('y'))).toMatchObject({ offset: 1002 });
    expect(refusal(() => child.finish('child'))).toMatchObject({ offset: 1002 });
  });

  it('an impossible window is a programming error, not bad input', () => {
    expect(() => new Reader(BYTES, 0, 10)).toThrow(RangeError);
    expect(() => new Reader(BYTES, -1)).toThrow(RangeError);
    expect(() => new Reader(BYTES, 5, 4)).toThrow(RangeError);
    expect(new Reader(BYTES, 9).remaining).toBe(0);
  });
});
