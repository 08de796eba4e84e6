import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromLatin1, LineBuffer, latin1 } from '../../../src/proxy/lines.js';
import { everyDelivery, throughReusedBuffer } from '../../harness/every-cut.js';

/** Everything that is a line now. */
function linesOf(buffer: LineBuffer): string[] {
  const lines: string[] = [];
  for (;;) {
    const line = buffer.line();
    if (typeof line === 'string') return line === 'too_long' ? [...lines, '(too long)'] : lines;
    lines.push(latin1(line));
  }
}

describe('LineBuffer', () => {
  it('ends lines at CR LF and at LF alone, and leaves every other byte in them, however they come in', () => {
    const sent = fromLatin1('a1 NOOP\r\n\r\n\nbare\nwith\rCR\0and\xff\r\r\nunfinished\r');
    for (const delivery of everyDelivery(sent)) {
      const buffer = new LineBuffer(100);
      const lines: string[] = [];
      throughReusedBuffer(delivery, (chunk) => {
        buffer.push(chunk);
        lines.push(...linesOf(buffer));
      });
      expect(lines, delivery.name).toEqual(['a1 NOOP', '', '', 'bare', 'with\rCR\0and\xff\r']);
      expect(buffer.held, delivery.name).toBe(11);
      expect(latin1(buffer.rest()), delivery.name).toBe('unfinished\r');
    }
  });

  it('takes a line of its ceiling and refuses a longer one, finished or not, at the same byte', () => {
    for (const [length, wanted] of [
      [16, ['x'.repeat(16)]],
      [17, ['(too long)']],
    ] as const) {
      for (const delivery of everyDelivery(fromLatin1(`${'x'.repeat(length)}\n`))) {
        const buffer = new LineBuffer(16);
        const lines: string[] = [];
        throughReusedBuffer(delivery, (chunk) => {
          if (lines.includes('(too long)')) return;
          buffer.push(chunk);
          lines.push(...linesOf(buffer));
        });
        expect(lines, delivery.name).toEqual(wanted);
      }
    }
    const unfinished = new LineBuffer(16);
    unfinished.push(fromLatin1('x'.repeat(17)));
    expect(linesOf(unfinished)).toEqual(['(too long)']);
    unfinished.push(fromLatin1('\n'));
    expect(linesOf(unfinished)).toEqual(['(too long)']);
  });

  it('takes literals as they are, and goes on with lines behind them', () => {
    for (const delivery of everyDelivery(fromLatin1('{5}\r\n\n\r\n\0"rest\r\nnext\r\n'))) {
      const buffer = new LineBuffer(100);
      const got: string[] = [];
      throughReusedBuffer(delivery, (chunk) => {
        buffer.push(chunk);
        for (;;) {
          const item = got.length === 1 ? buffer.literal(5) : buffer.line();
          if (item === null || typeof item === 'string') return;
          got.push(latin1(item));
        }
      });
      expect(got, delivery.name).toEqual(['{5}', '\n\r\n\0"', 'rest', 'next']);
      expect(buffer.held).toBe(0);
    }
    expect(new LineBuffer(1).literal(0)).toEqual(new Uint8Array(0));
  });

  it('says when more waits than may', () => {
    const buffer = new LineBuffer(4, 8);
    buffer.push(fromLatin1('a\nb\nc\nd\n'));
    expect(buffer.overfull).toBe(false);
    buffer.push(fromLatin1('e'));
    expect(buffer.overfull).toBe(true);
    expect(linesOf(buffer)).toEqual(['a', 'b', 'c', 'd']);
    expect(buffer.overfull).toBe(false);
  });

  it('throws away an unfinished line with the rest', () => {
    const buffer = new LineBuffer(100);
    buffer.push(fromLatin1('STARTTLS\r\nNOOP\r\nLOG'));
    expect(latin1(buffer.line() as Uint8Array)).toBe('STARTTLS');
    buffer.discard();
    buffer.push(fromLatin1('OUT\r\n'));
    expect(linesOf(buffer)).toEqual(['OUT']);
  });

  it('gives every byte out once and in order, whatever is asked for', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 12 }),
        fc.array(fc.nat(6), { minLength: 1, maxLength: 12 }),
        (chunks, wants) => {
          const buffer = new LineBuffer(1000);
          const out: number[] = [];
          let ends = 0;
          chunks.forEach((chunk, at) => {
            buffer.push(chunk);
            const want = wants[at % wants.length]!;
            const before = buffer.held;
            const item = want === 0 ? buffer.line() : buffer.literal(want);
            if (item === null || typeof item === 'string') return;
            out.push(...item);
            if (want === 0) {
              ends += before - buffer.held - item.length;
              out.push(...(before - buffer.held - item.length === 2 ? [13, 10] : [10]));
            }
          });
          out.push(...buffer.rest());
          expect(ends).toBeGreaterThanOrEqual(0);
          expect(out).toEqual(chunks.flatMap((chunk) => [...chunk]));
        },
      ),
    );
  });
});
