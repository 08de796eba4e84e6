import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../harness/command.js';

/** Codes as the sources write them: the first argument of whatever makes a SensorError, wherever the formatter broke the line. */
const makers = /(?:new SensorError|captureError|storeError|#broken)\(\s*(?:[\w.]+ \? '(\w+)' : )?'([a-z0-9_]+)'/g;

function codesOfSources(): Set<string> {
  const codes = new Set<string>();
  const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  for (const file of files) {
    for (const match of readFileSync(join(ROOT, 'src', file), 'utf8').matchAll(makers)) {
      for (const code of match.slice(1)) if (code !== undefined) codes.add(code);
    }
  }
  return codes;
}

describe('docs/errors.md', () => {
  const documented = new Set(
    readFileSync(join(ROOT, 'docs/errors.md'), 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .flatMap((line) => [...line.split('|')[1]!.matchAll(/`(\w+)`/g)].map((match) => match[1]!)),
  );

  it('has every code of the sources', () => {
    const codes = codesOfSources();
    expect(codes.size).toBeGreaterThan(25);
    expect([...codes].filter((code) => !documented.has(code))).toEqual([]);
  });

  it('has no code that the sources do not know', () => {
    const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join(ROOT, 'src', name), 'utf8'))
      .join('\n');
    expect([...documented].filter((code) => !sources.includes(`'${code}'`))).toEqual([]);
  });
});
