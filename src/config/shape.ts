import type { z } from 'zod';
import type { Draft } from './draft.js';
import { nearMiss } from './near-miss.js';
import type { KeyPath } from './problems.js';
import type { Report } from './report.js';
import { type BackendEntry, backendSchema, listenerSchema, proxyJsonSchema, proxySchema } from './schema/index.js';
import { alternatives, quoted, shown } from './shown.js';

type Issue = z.core.$ZodIssue;

/** Reads the shape of a file: what is wrong is reported, and what is right given back. */
export function readShape(value: unknown, report: Report): Draft {
  const whole = proxySchema.safeParse(value);
  if (whole.success) {
    const { listeners, backends, ...root } = whole.data;
    return { root, listeners, backends: new Map(Object.entries(backends)) };
  }
  for (const issue of whole.error.issues) tell(issue, [], value, report);
  return salvage(value);
}

/** What of a file has the right shape although the whole has not. */
function salvage(value: unknown): Draft {
  const source = asRecord(value);
  const root: Record<string, unknown> = {};
  for (const [key, schema] of Object.entries(proxySchema.shape)) {
    const parsed = schema.safeParse(source[key]);
    if (parsed.success && key !== 'listeners' && key !== 'backends') root[key] = parsed.data;
  }
  const listener = listenerSchema();
  const backend = backendSchema();
  const listeners = Array.isArray(source.listeners) ? (source.listeners as unknown[]) : [];
  const backends = Object.entries(asRecord(source.backends)).map(([name, each]): [string, BackendEntry | null] => [
    name,
    backend.safeParse(each).data ?? null,
  ]);
  return {
    root,
    listeners: listeners.map((each) => listener.safeParse(each).data ?? null),
    backends: new Map(backends),
  };
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/** @param value the whole file's */
function tell(issue: Issue, above: KeyPath, value: unknown, report: Report): void {
  const path: KeyPath = [...above, ...(issue.path as KeyPath)];
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = keysAt(path);
      for (const key of issue.keys) report.error([...path, key], noSuchKey(key, known), 'key');
      return;
    }
    case 'invalid_key':
      report.error(path, `expected ${issue.issues[0]!.message}, not ${quoted(String(path.at(-1)))}`, 'key');
      return;
    case 'invalid_union': {
      // Of the alternatives the one whose type fits; a text that is no address is a bad address, and not "no list".
      const near = issue.errors.filter(
        (errors) => !errors.some((e) => e.path.length === 0 && e.code === 'invalid_type'),
      );
      if (near.length === 1) for (const inner of near[0]!) tell(inner, path, value, report);
      else report.error(path, expectation(unionExpects(issue), valueAt(value, path), path));
      return;
    }
    default:
      report.error(path, expectation(issue.message, valueAt(value, path), path));
  }
}

/** A discriminated union has its alternatives in a list of its own. */
function unionExpects(issue: Extract<Issue, { code: 'invalid_union' }>): string {
  const { options } = issue as { options?: unknown };
  return Array.isArray(options) ? alternatives(options.map(String)) : issue.message;
}

function expectation(what: string, value: unknown, path: KeyPath): string {
  return value === undefined ? `is missing; expected ${what}` : `expected ${what}, not ${shown(value, path)}`;
}

function noSuchKey(key: string, known: readonly string[]): string {
  const meant = nearMiss(key, known);
  return `no such key; ${meant === null ? `there are ${alternatives([...known].sort(), 'and')}` : `is ${meant} meant?`}`;
}

function valueAt(value: unknown, path: KeyPath): unknown {
  let at = value;
  for (const step of path)
    at = typeof at === 'object' && at !== null ? (at as Record<string | number, unknown>)[step] : undefined;
  return at;
}

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
}

/** Made when the first mistake needs it. */
let jsonSchema: JsonSchema | null = null;

/** The keys a mapping may have. */
function keysAt(path: KeyPath): readonly string[] {
  jsonSchema ??= proxyJsonSchema() as JsonSchema;
  let schemas: readonly JsonSchema[] = [jsonSchema];
  const alternativesOf = ({ anyOf = [], oneOf = [] }: JsonSchema) => [...anyOf, ...oneOf];
  for (const step of path) {
    schemas = schemas
      .flatMap((schema) => [schema, ...alternativesOf(schema)])
      .flatMap(({ properties, additionalProperties, items }) => {
        if (typeof step === 'number') return items ?? [];
        return properties?.[step] ?? (typeof additionalProperties === 'object' ? additionalProperties : []);
      });
  }
  const keys = schemas
    .flatMap((schema) => [schema, ...alternativesOf(schema)])
    .flatMap(({ properties }) => Object.keys(properties ?? {}));
  return [...new Set(keys)];
}
