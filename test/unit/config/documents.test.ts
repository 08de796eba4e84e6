import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { proxyJsonSchema } from '../../../src/config/index.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const page = readFileSync(join(root, 'docs/proxy-configuration.md'), 'utf8');

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly default?: unknown;
  readonly description?: string;
}

interface Row {
  readonly key: string;
  readonly byDefault: string;
  readonly meaning: string;
}

function* rowsOf(schema: Schema, path: string): Generator<Row> {
  for (const one of [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]) yield* rowsOf(one, path);
  if (schema.items !== undefined) yield* rowsOf(schema.items, `${path}[]`);
  if (typeof schema.additionalProperties === 'object') yield* rowsOf(schema.additionalProperties, `${path}.NAME`);
  for (const [name, inner] of Object.entries(schema.properties ?? {})) {
    const key = path === '' ? name : `${path}.${name}`;
    const needed = schema.required?.includes(name) === true;
    const byDefault = inner.default === undefined ? '' : JSON.stringify(inner.default);
    yield { key, byDefault: needed ? 'needed' : byDefault, meaning: inner.description ?? '' };
    yield* rowsOf(inner, key);
  }
}

/** What the page says once for both places. */
const isRepeated = ({ key }: Row) => /^listeners\[\]\.(?:certificates\[\]|tls_settings)\./.test(key);

const wanted = new Map(
  [...rowsOf(proxyJsonSchema() as Schema, '')].filter((row) => !isRepeated(row)).map((row) => [row.key, row]),
);
const documented = [...page.matchAll(/^\| `([^`]+)` \| ([^|]*) \| ([^|]+) \|$/gm)].map(
  ([, key = '', byDefault = '', meaning = '']): Row => ({ key, byDefault: byDefault.trim(), meaning }),
);

describe('docs/proxy-configuration.md', () => {
  it('has every key of the schema once, and no other', () => {
    expect(wanted.size).toBeGreaterThan(60);
    expect(documented.map(({ key }) => key).sort()).toEqual([...wanted.keys()].sort());
  });

  it.each(documented)('says of $key what the schema says', ({ key, byDefault, meaning }) => {
    expect(byDefault).toBe(wanted.get(key)?.byDefault);
    expect(wanted.get(key)?.meaning).not.toBe('');
    expect(meaning.startsWith(wanted.get(key)!.meaning)).toBe(true);
  });

  it('names every sample, and has the smallest in full', () => {
    const samples = readdirSync(join(root, 'samples/config')).filter(
      (name) => !name.endsWith('.table') && name !== 'README.md',
    );
    expect(samples.filter((name) => !page.includes(`(../samples/config/${name})`))).toEqual([]);
    const minimal = readFileSync(join(root, 'samples/config/minimal.yaml'), 'utf8').replace(/^#.*\n/gm, '');
    expect(page).toContain(`\`\`\`yaml\n${minimal}\`\`\``);
  });
});

describe('samples/config/proxy.schema.json', () => {
  it('is the shape of the file', () => {
    const committed: unknown = JSON.parse(readFileSync(join(root, 'samples/config/proxy.schema.json'), 'utf8'));
    expect(committed).toEqual(proxyJsonSchema());
  });
});
