import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/**
 * Who may import whom. A room is a folder of src (or the library's entry, `index`); imports point down only.
 *
 * PLEASE do not edit these tables to make a build pass. A new arrow between rooms, or a new place that opens files or sockets, is a decision about the
 * whole program: find the small interface that the room needs instead (whoever needs a service declares it, the command wires it up), or make
 * the decision in the open, with a page in docs/decisions/.
 */
const rooms: Readonly<Record<string, readonly string[] | 'every room'>> = {
  // Rank 0 (errors.ts, endpoint.ts, networks.ts, unseen.ts, bytes/) may be imported by all, file by file.
  bytes: [],
  // Rank 1. tls, capture, dialects and haproxy never hear of each other.
  model: [],
  tls: ['model'],
  capture: ['model'],
  dialects: ['model'],
  haproxy: ['model'],
  // Rank 2.
  fingerprint: ['tls', 'model'],
  // Rank 3.
  observe: ['capture', 'dialects', 'haproxy', 'tls', 'fingerprint', 'model'],
  socket: ['tls', 'haproxy', 'fingerprint', 'model'],
  recognize: ['fingerprint', 'model'],
  lists: ['fingerprint', 'model'],
  login: ['fingerprint', 'model'],
  store: ['model'],
  certs: [],
  // Rank 4.
  policy: ['model'],
  proxy: ['socket', 'dialects', 'haproxy', 'certs', 'login', 'model'],
  explain: ['fingerprint', 'tls', 'recognize', 'model'],
  report: ['fingerprint', 'tls', 'recognize', 'model'],
  // Rank 5 and 6: here rooms are wired together.
  config: 'every room',
  cli: 'every room',
  index: 'every room',
};

/** Files outside any room, and the folder of small tools: rank 0. */
const rankZero = ['errors.ts', 'endpoint.ts', 'networks.ts', 'unseen.ts', 'bytes/'];

/** Where each rationed module may be imported: folders or files of src. Modules that are not listed may be imported nowhere. */
const rations: Readonly<Record<string, readonly string[]>> = {
  'node:net': ['networks.ts', 'login/targets/', 'socket/', 'proxy/', 'policy/'],
  'node:dgram': ['login/targets/'],
  'node:tls': ['socket/', 'proxy/', 'policy/', 'certs/tls-settings.ts'],
  'node:http': ['socket/', 'proxy/', 'policy/'],
  'node:stream': ['socket/', 'proxy/', 'policy/server/'],
  'node:https': ['proxy/', 'policy/'],
  'node:fs': ['observe/source.ts', 'store/', 'lists/', 'login/', 'certs/', 'config/', 'cli/'],
  'node:fs/promises': ['store/', 'lists/', 'login/', 'certs/', 'config/', 'cli/'],
  'node:crypto': ['fingerprint/digest.ts', 'store/keys.ts', 'login/', 'policy/', 'certs/'],
  'node:zlib': ['observe/gunzip.ts'],
  'node:os': ['cli/', 'config/'],
  'node:v8': ['cli/'],
  'node:worker_threads': ['cli/jobs/', 'cli/worker.ts', 'cli/recording/'],
  'node:cluster': ['cli/proxy/'],
  'node:path': ['store/', 'lists/', 'login/', 'certs/', 'config/', 'cli/'],
  'node:url': ['store/', 'lists/', 'cli/'],
  'node:timers/promises': ['observe/', 'socket/', 'proxy/', 'policy/', 'cli/'],
  'better-sqlite3': ['store/driver.ts'],
  commander: ['cli/'],
  pino: ['cli/', 'login/'],
  'cli-progress': ['cli/'],
  picocolors: ['cli/', 'report/'],
  'cli-table3': ['report/'],
  'csv-stringify': ['report/', 'lists/'],
  zod: ['config/', 'policy/server/'],
  fastify: ['policy/server/'],
  '@fastify/swagger': ['policy/server/'],
  'fastify-type-provider-zod': ['policy/server/'],
  re2js: ['proxy/route/'],
  yaml: ['config/'],
};

/** Global names and the only room that may use them. */
const globals = [
  { name: 'process', pattern: /(?<![\w.'"`$-])process\s*\.\s*\w/, room: 'cli' },
  { name: 'console', pattern: /(?<![\w.'"`$-])console\s*\.\s*\w/, room: 'cli' },
];

const src = fileURLToPath(new URL('../src', import.meta.url));

interface SourceFile {
  /** From src, with forward slashes. */
  readonly path: string;
  readonly text: string;
  /** What is imported, as written. */
  readonly imports: readonly string[];
}

const importPatterns = [
  /^\s*(?:import|export)\b[^'";]*?\bfrom\s*['"]([^'"]+)['"]/gm,
  /^\s*import\s*['"]([^'"]+)['"]/gm,
  /\bimport\s*\(\s*['"]([^'"]+)['"]/g,
  /\brequire\s*\(\s*['"]([^'"]+)['"]/g,
];

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}

function source(path: string, content: string): SourceFile {
  const text = withoutComments(content);
  return { path, text, imports: importPatterns.flatMap((pattern) => [...text.matchAll(pattern)].map((m) => m[1]!)) };
}

function packageOf(specifier: string): string {
  const parts = specifier.split('/');
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}

function roomOf(path: string): string {
  const [first = '', rest] = path.split('/');
  return rest === undefined ? first.replace(/\.ts$/, '') : first;
}

const isRankZero = (path: string) =>
  rankZero.some((zero) => path === zero || (zero.endsWith('/') && path.startsWith(zero)));

/** Everything about a file that breaks a rule. */
function violations(file: SourceFile): string[] {
  const room = roomOf(file.path);
  const found: string[] = [];
  for (const specifier of file.imports) {
    if (!specifier.startsWith('.')) {
      // A subpath of a package counts as the package, of Node as its own module.
      const module = specifier.startsWith('node:') ? specifier : packageOf(specifier);
      const places = rations[module];
      if (places === undefined) found.push(`${file.path} imports ${specifier}, which no rule allows`);
      else if (!places.some((place) => (place.endsWith('/') ? file.path.startsWith(place) : file.path === place))) {
        found.push(`${file.path} imports ${specifier}`);
      }
      continue;
    }
    const target = relative(src, resolve(src, dirname(file.path), specifier)).replace(/\.js$/, '.ts');
    const targetRoom = roomOf(target);
    if (targetRoom === room || isRankZero(target)) continue;
    const allowed = isRankZero(file.path) ? [] : (rooms[room] ?? []);
    if (allowed !== 'every room' && !allowed.includes(targetRoom)) found.push(`${file.path} imports ${target}`);
    else if (target !== `${targetRoom}/index.ts`) found.push(`${file.path} imports ${target} past the room's index.ts`);
  }
  for (const { name, pattern, room: only } of globals) {
    if (room !== only && pattern.test(file.text)) found.push(`${file.path} uses ${name}`);
  }
  return found;
}

const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.ts'))
  .map((path) => source(path, readFileSync(join(src, path), 'utf8')));

describe('architecture', () => {
  it('every room of src has its row, and nothing else lies in src', () => {
    const found = new Set(files.map((file) => roomOf(file.path)));
    const known = new Set([...Object.keys(rooms), 'errors', 'endpoint', 'networks', 'unseen']);
    expect([...found].filter((room) => !known.has(room))).toEqual([]);
  });

  it('imports keep to the tables', () => {
    expect(files.flatMap(violations)).toEqual([]);
  });

  it('rooms do not import each other in circles', () => {
    const arrows = new Map<string, Set<string>>();
    for (const file of files) {
      const room = roomOf(file.path);
      for (const specifier of file.imports.filter((name) => name.startsWith('.'))) {
        const target = roomOf(relative(src, resolve(src, dirname(file.path), specifier)).replace(/\.js$/, '.ts'));
        if (target !== room) arrows.set(room, (arrows.get(room) ?? new Set()).add(target));
      }
    }
    const circles: string[] = [];
    const walk = (room: string, path: readonly string[]) => {
      if (path.includes(room)) circles.push([...path.slice(path.indexOf(room)), room].join(' > '));
      else for (const next of arrows.get(room) ?? []) walk(next, [...path, room]);
    };
    for (const room of arrows.keys()) walk(room, []);
    expect(circles).toEqual([]);
  });

  it('a room leads nowhere the table does not name', () => {
    for (const [room, allowed] of Object.entries(rooms)) {
      if (allowed === 'every room') continue;
      for (const target of allowed) expect(rooms, `${room} > ${target}`).toHaveProperty(target);
    }
  });

  it.each([
    ['tls/x.ts', "import { a } from '../capture/index.js';", 'tls/x.ts imports capture/index.ts'],
    ['tls/a/x.ts', "export {\n  a,\n} from '../../capture/index.js';", 'tls/a/x.ts imports capture/index.ts'],
    ['model/x.ts', "import type { A } from '../tls/index.js';", 'model/x.ts imports tls/index.ts'],
    ['bytes/x.ts', "import type { A } from '../model/index.js';", 'bytes/x.ts imports model/index.ts'],
    ['errors.ts', "import type { A } from './model/index.js';", 'errors.ts imports model/index.ts'],
    [
      'observe/x.ts',
      "import { a } from '../tls/stream.js';",
      "observe/x.ts imports tls/stream.ts past the room's index.ts",
    ],
    ['cli/x.ts', "import { a } from '../tls/stream.js';", "cli/x.ts imports tls/stream.ts past the room's index.ts"],
    ['observe/x.ts', "const a = await import('../store/index.js');", 'observe/x.ts imports store/index.ts'],
    ['capture/x.ts', "import 'node:fs';", 'capture/x.ts imports node:fs'],
    ['tls/x.ts', "import { connect } from 'node:net';", 'tls/x.ts imports node:net'],
    ['store/x.ts', "import Database from 'better-sqlite3';", 'store/x.ts imports better-sqlite3'],
    ['fingerprint/x.ts', "import { hash } from 'node:crypto';", 'fingerprint/x.ts imports node:crypto'],
    [
      'cli/x.ts',
      "import { exec } from 'node:child_process';",
      'cli/x.ts imports node:child_process, which no rule allows',
    ],
    ['cli/x.ts', "import fs from 'fs';", 'cli/x.ts imports fs, which no rule allows'],
    ['tls/x.ts', 'if (a) process.exit(1);', 'tls/x.ts uses process'],
    ['report/x.ts', 'console.log(1);', 'report/x.ts uses console'],
  ])('notices in %s: %s', (path, text, wanted) => {
    expect(violations(source(path, text))).toEqual([wanted]);
  });

  it.each([
    ['tls/x.ts', "import { SensorError } from '../errors.js';"],
    ['capture/tcp/x.ts', "import { ByteBudget } from '../../bytes/budget.js';"],
    ['tls/x.ts', "// import { a } from '../capture/index.js';"],
    ['tls/x.ts', '/** process.exit and console.log are not for us */'],
    ['cli/x.ts', 'process.exitCode = 1;'],
  ])('allows in %s: %s', (path, text) => {
    expect(violations(source(path, text))).toEqual([]);
  });
});
