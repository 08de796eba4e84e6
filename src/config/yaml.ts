import {
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml';
import { MAX_ALIASES } from './limits.js';
import type { KeyPath } from './problems.js';

export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface YamlProblem extends Position {
  readonly message: string;
}

/** A YAML document (1.2, core schema) as values, and where each of them stands. */
export interface YamlDocument {
  /** null where there are problems. */
  readonly value: unknown;
  readonly problems: readonly YamlProblem[];
  /** Whether the key was written. */
  has(path: KeyPath): boolean;
  /** Where a value stands, or its key; of what is not there, where the innermost thing around it begins. */
  locate(path: KeyPath, part?: 'key' | 'value'): Position;
}

/** In our words: the parser's own sometimes quote the file, and a secret may stand in it. */
const reasons: Readonly<Partial<Record<YAMLError['code'], string>>> = {
  BAD_ALIAS: 'an alias (*name) without its anchor (&name) before it',
  BAD_INDENT: 'the indentation does not fit the lines around it, or a closing bracket is missing',
  BAD_SCALAR_START: 'a value cannot begin with this character; put it in quotes',
  BLOCK_AS_IMPLICIT_KEY:
    'a value of several lines, or a second colon, where a key stands; texts with a colon and a space need quotes',
  BLOCK_IN_FLOW: 'an indented block inside [ ] or { }',
  DUPLICATE_KEY: 'this key was given before in the same mapping',
  MISSING_CHAR: 'a bracket, a quote or a colon is missing here or before',
  MULTILINE_IMPLICIT_KEY: 'a colon is missing here or on the line before',
  MULTIPLE_DOCS: 'a second document (---): there may be one',
  NON_STRING_KEY: 'a key must be a plain text',
  RESOURCE_EXHAUSTION: 'nested too deep, or aliases of aliases',
  TAB_AS_INDENT: 'a tab; indentation is made of spaces',
  TAG_RESOLVE_FAILED: 'tags (!name) have no meaning here',
};

/** Without floating-point numbers: a version such as 3.0 stays the text it is. */
const FLOAT = 'tag:yaml.org,2002:float';

export function readYaml(text: string): YamlDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    // Looked for below: the parser holds every key against every other.
    uniqueKeys: false,
    logLevel: 'error',
    customTags: (tags) => tags.filter((tag) => typeof tag === 'string' || tag.tag !== FLOAT),
  });
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const problems = [...document.errors, ...document.warnings].map((error) => ({
    ...at(error.pos[0]),
    message: reasons[error.code] ?? 'this is no YAML',
  }));
  if (problems.length === 0) {
    visit(document, {
      Map(_, map) {
        const keys = new Set<unknown>();
        for (const { key } of map.items) {
          if (!isScalar(key)) continue;
          if (keys.has(key.value)) problems.push({ ...at(key.range?.[0] ?? 0), message: reasons.DUPLICATE_KEY! });
          keys.add(key.value);
        }
      },
      Alias(_, alias) {
        // Not the parser's business: it is found out where the alias is used.
        if (alias.resolve(document) === undefined) {
          problems.push({ ...at(alias.range?.[0] ?? 0), message: reasons.BAD_ALIAS! });
        }
      },
    });
  }

  /** The pair or item a step leads to. */
  const step = (from: unknown, key: string | number): { key: Node | null; value: Node | null } | null => {
    const node = isAlias(from) ? from.resolve(document) : from;
    if (isMap<Node, Node>(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && item.key.value === key);
      return pair === undefined ? null : { key: pair.key, value: pair.value };
    }
    const item = isSeq<Node>(node) && typeof key === 'number' ? node.items[key] : undefined;
    return item === undefined ? null : { key: null, value: item };
  };

  return {
    value: problems.length > 0 ? null : plainValue(),
    problems,
    has(path) {
      let node: unknown = document.contents;
      for (const key of path) {
        const found = step(node, key);
        if (found === null) return false;
        node = found.value;
      }
      return true;
    },
    locate(path, part = 'value') {
      let place = document.contents?.range?.[0] ?? 0;
      let node: unknown = document.contents;
      for (const [i, key] of path.entries()) {
        const found = step(node, key);
        if (found === null) return at(place);
        const last = i === path.length - 1;
        const isBlock = isCollection(found.value) && found.value.flow !== true;
        // A block begins on the line after its key; who looks for it looks for the key.
        const shown = (last && part === 'value' && !isBlock) || found.key === null ? found.value : found.key;
        place = (shown ?? found.key)?.range?.[0] ?? place;
        node = found.value;
      }
      return at(place);
    },
  };

  function plainValue(): unknown {
    try {
      return document.toJS({ maxAliasCount: MAX_ALIASES });
    } catch {
      problems.push({ line: 1, column: 1, message: reasons.RESOURCE_EXHAUSTION! });
      return null;
    }
  }
}
