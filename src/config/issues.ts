import type { z } from 'zod';
import { nearMiss } from './near-miss.js';
import type { KeyPath } from './problems.js';
import type { Report } from './report.js';
import { alternatives, quoted, shown } from './shown.js';

type Issue = z.core.$ZodIssue;

/** A file whose shape is wrong. */
export interface Shape {
  /** The whole of it. */
  readonly value: unknown;
  /** Says which keys there are. */
  readonly schema: JsonSchema;
  readonly report: Report;
}

/** What is wrong with a file's shape, in words, each at its place. */
export function tellIssues(issues: readonly Issue[], shape: Shape): void {
  for (const issue of issues) tell(issue, [], shape);
}

function tell(issue: Issue, above: KeyPath, shape: Shape): void {
  const { value, report } = shape;
  const path: KeyPath = [...above, ...(issue.path as KeyPath)];
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = keysAt(path, shape.schema);
      for (const key of issue.keys) report.error([...path, key], noSuchKey(key, known), 'key');
      return;
    }
    case 'invalid_key':
      report.error(path, `expected ${issue.issues[0]!.message}, not ${quoted(String(path.at(-1)))}`, 'key');
      return;
    case 'invalid_union': {
      // Of the alternatives the one whose type fits; a text that is no address is a bad address, and not "no list".
      const near = issue.errors.filter((errors) => !errors.some((each) => isOfOtherType(each, valueAt(value, path))));
      if (near.length === 1) for (const inner of near[0]!) tell(inner, path, shape);
      else report.error(path, expectation(unionExpects(issue), valueAt(value, path), path));
      return;
    }
    default:
      report.error(path, expectation(issue.message, valueAt(value, path), path));
  }
}

/** Words to choose from have no type of their own: a list is none of them. */
function isOfOtherType({ path, code }: Issue, value: unknown): boolean {
  if (path.length > 0) return false;
  return code === 'invalid_type' || (code === 'invalid_value' && typeof value === 'object');
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

/** As much of it as is asked for. */
export interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
}

/** The keys a mapping may have. */
function keysAt(path: KeyPath, whole: JsonSchema): readonly string[] {
  let schemas: readonly JsonSchema[] = [whole];
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
