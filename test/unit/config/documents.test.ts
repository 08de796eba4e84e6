import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { policyJsonSchema, proxyJsonSchema } from '../../../src/config/index.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');

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

const documentedRows = (page: string): readonly Row[] =>
  [...page.matchAll(/^\| `([^`]+)` \| ([^|]*) \| ([^|]+) \|$/gm)].map(
    ([, key = '', byDefault = '', meaning = '']): Row => ({ key, byDefault: byDefault.trim(), meaning }),
  );

const pages = [
  {
    page: 'docs/proxy-configuration.md',
    schema: proxyJsonSchema() as Schema,
    /** What the page says once for several places. */
    repeated: /^listeners\[\]\.(?:certificates\[\]|tls_settings)\./,
    least: 60,
  },
  {
    page: 'docs/policy-configuration.md',
    schema: policyJsonSchema() as Schema,
    repeated:
      /^rules\[\]\.unless\[\]\.|^rules\[\]\.when\.(?:users|failures|logins)(?:\[\])?\.|failed_users\[\]\.|^manage\./,
    least: 60,
  },
].map(({ page, schema, repeated, least }) => {
  const rows = [...rowsOf(schema, '')].filter(({ key }) => !repeated.test(key));
  return { page, wanted: new Map(rows.map((row) => [row.key, row])), documented: documentedRows(read(page)), least };
});

describe.each(pages)('$page', ({ wanted, documented, least }) => {
  it('has every key of the schema once, and no other', () => {
    expect(wanted.size).toBeGreaterThan(least);
    expect(documented.map(({ key }) => key).sort()).toEqual([...wanted.keys()].sort());
  });

  it.each(documented)('says of $key what the schema says', ({ key, byDefault, meaning }) => {
    expect(byDefault).toBe(wanted.get(key)?.byDefault);
    expect(wanted.get(key)?.meaning).not.toBe('');
    expect(meaning.startsWith(wanted.get(key)!.meaning)).toBe(true);
  });
});

describe('samples of configurations', () => {
  it('are named, each on the page of its kind, and the smallest is there in full', () => {
    const samples = readdirSync(join(root, 'samples/config')).filter(
      (name) => !name.endsWith('.table') && name !== 'README.md',
    );
    const pageOf = (name: string) => read(`docs/${name.startsWith('policy.') ? 'policy' : 'proxy'}-configuration.md`);
    expect(samples.filter((name) => !pageOf(name).includes(`(../samples/config/${name})`))).toEqual([]);
    const minimal = read('samples/config/minimal.yaml').replace(/^#.*\n/gm, '');
    expect(read('docs/proxy-configuration.md')).toContain(`\`\`\`yaml\n${minimal}\`\`\``);
  });

  it.each([
    ['proxy.schema.json', proxyJsonSchema()],
    ['policy.schema.json', policyJsonSchema()],
  ])('%s is the shape of the file', (name, schema) => {
    const committed: unknown = JSON.parse(read(`samples/config/${name}`));
    expect(committed).toEqual(schema);
  });
});
