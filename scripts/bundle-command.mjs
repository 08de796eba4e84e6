// Puts the compiled command (dist/cli) into a few CommonJS files (docs/decisions/0007). Node takes about a third of a millisecond for each module it loads,
// more for ES modules, and the command is made of some hundred small ones; but what is loaded is also compiled, and most runs need a part of it. So:
//
// - main.js, worker.js and record-worker.js (what threads run), and one file for each module that is imported lazily: with all it imports statically, also where another file
//   has a copy of that. Hot code and what it calls are in one file that way.
// - shared.js has what must be there once: classes that are asked for with instanceof.
// - commander.js, the parser of arguments: it too asks with instanceof, and is loaded by more than one of the files. Other packages stay outside.
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { build } from 'esbuild';

const dist = resolve('dist');
const entries = ['cli/main.js', 'cli/worker.js', 'cli/record-worker.js'].map((entry) => resolve(dist, entry));
const shared = ['errors.js', 'cli/exit-codes.js', 'cli/output.js'].map((module) => resolve(dist, module));
const PARSER = 'commander';
const packages = Object.keys(JSON.parse(readFileSync('package.json', 'utf8')).dependencies);

/** `dist/cli/commands/pcap.js` becomes `commands-pcap.js`, `dist/store/index.js` becomes `store.js`. */
function fileOf(module) {
  const path = relative(dist, module)
    .replace(/^cli\//, '')
    .replace(/\/index\.js$/, '.js');
  return path.replaceAll('/', '-');
}

const found = new Set(entries);
const apart = {
  name: 'files of their own',
  setup({ onResolve }) {
    onResolve({ filter: new RegExp(`^${PARSER}$`) }, () => ({ path: `./${PARSER}.js`, external: true }));
    onResolve({ filter: /^\./ }, ({ path, importer, kind }) => {
      const module = resolve(dirname(importer), path);
      if (shared.includes(module)) return { path: './shared.js', external: true };
      if (kind !== 'dynamic-import') return undefined;
      found.add(module);
      return { path: `./${fileOf(module)}`, external: true };
    });
  },
};

// The parser of arguments loads it for subcommands that are programs of their own. There are none, and it takes 5 ms.
const spared = {
  name: 'no child processes',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:child_process$/ }, ({ path, importer }) =>
      importer.includes(PARSER) ? { path, namespace: 'spared' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'spared' }, () => ({ contents: 'module.exports = {};' }));
  },
};

const settings = {
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  // By `require`: `import()` would bring in the loader of ES modules, and its reader of CommonJS.
  supported: { 'dynamic-import': false },
  external: packages.filter((name) => name !== PARSER),
  write: false,
  minifyWhitespace: true,
  minifySyntax: true,
  define: { 'import.meta.url': 'importMetaUrl' },
  banner: { js: 'const importMetaUrl = require("node:url").pathToFileURL(__filename).href;' },
  logLevel: 'warning',
};

const files = new Map();
// The set grows while it is gone through.
for (const module of found) {
  const { outputFiles } = await build({
    ...settings,
    entryPoints: [module],
    outfile: fileOf(module),
    plugins: [apart],
  });
  files.set(fileOf(module), outputFiles[0].contents);
}
const once = {
  'shared.js': shared.map((module) => `export * from './${relative(dist, module)}';`).join('\n'),
  [`${PARSER}.js`]: `export * from '${PARSER}';`,
};
for (const [outfile, contents] of Object.entries(once)) {
  const { outputFiles } = await build({
    ...settings,
    stdin: { contents, resolveDir: dist },
    outfile,
    plugins: [spared],
  });
  files.set(outfile, outputFiles[0].contents);
}

rmSync('dist/cli', { recursive: true });
mkdirSync('dist/cli');
for (const [name, bytes] of files) writeFileSync(`dist/cli/${name}`, bytes);
writeFileSync('dist/cli/package.json', '{"type":"commonjs"}\n');
chmodSync('dist/cli/main.js', 0o755);
