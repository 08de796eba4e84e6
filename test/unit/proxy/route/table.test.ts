import { describe, expect, it } from 'vitest';
import { SensorError } from '../../../../src/errors.js';
import { parseRouteTable, routeLimits } from '../../../../src/proxy/route/index.js';

function pairs(text: string): [string, string][] {
  const table = parseRouteTable(text);
  if (table instanceof SensorError) throw table;
  return [...table];
}

describe('parseRouteTable', () => {
  it('reads names, domains and comments', () => {
    const text = [
      '# who lives where',
      'Ann@Example.org  one',
      '@example.net\ttwo   # everybody else there',
      '',
      '   \t ',
      '  bob three  ',
      'c#d one',
      '#eve one',
    ].join('\n');
    expect(pairs(text)).toEqual([
      ['ann@example.org', 'one'],
      ['@example.net', 'two'],
      ['bob', 'three'],
      ['c#d', 'one'],
    ]);
  });

  it('takes lines with CR LF, a byte order mark, and no newline at the end', () => {
    expect(pairs('\ufeffann one\r\nbob two')).toEqual([
      ['ann', 'one'],
      ['bob', 'two'],
    ]);
  });

  it('takes an empty file for an empty table', () => {
    expect(pairs('')).toEqual([]);
  });

  it.each([
    ['a name alone', 'ann one\nbob\n', 2],
    ['three words', 'ann one two', 1],
    ['@ alone', '\n\n@ one', 3],
    ['a name twice', 'ann one\n#\nANN two', 3],
    ['a NUL', 'ann one\nb\u0000b one', 2],
    ['a CR inside', 'ann\rbob one', 1],
    ['a control character', 'a\u001bnn one', 1],
    ['a long line', `ann one\n${'a'.repeat(routeLimits.MAX_TABLE_LINE)} one`, 2],
  ])('refuses %s and names the line', (_, text, line) => {
    const outcome = parseRouteTable(text);
    expect(outcome).toBeInstanceOf(SensorError);
    expect(outcome).toMatchObject({ code: 'route_table', field: 'line', offset: line });
    expect((outcome as SensorError).message).toContain(`line ${line} `);
  });

  it('refuses backends that are not declared, where it is told which are', () => {
    const declared = new Set(['one']);
    expect(parseRouteTable('ann one', declared)).toEqual(new Map([['ann', 'one']]));
    expect(parseRouteTable('ann one\nbob two', declared)).toMatchObject({ code: 'route_table', offset: 2 });
  });

  it('holds no more names than its limit', () => {
    const text = Array.from({ length: routeLimits.MAX_TABLE_ENTRIES + 1 }, (_, i) => `u${i} one`).join('\n');
    expect(parseRouteTable(text)).toMatchObject({ code: 'route_table', offset: routeLimits.MAX_TABLE_ENTRIES + 1 });
  });
});
