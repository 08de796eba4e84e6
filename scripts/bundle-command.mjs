// Puts the compiled command (dist/cli) into one CommonJS file, and what its threads run into another: Node takes about a third of a millisecond for each
// module it loads, more for ES modules, and the command is made of a hundred small ones (docs/decisions/0007). Modules that are imported lazily are still
// evaluated lazily; packages stay outside.
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

const result = await build({
  entryPoints: ['dist/cli/main.js', 'dist/cli/worker.js'],
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  outdir: 'dist/cli',
  allowOverwrite: true,
  write: false,
  minifyWhitespace: true,
  minifySyntax: true,
  define: { 'import.meta.url': 'importMetaUrl' },
  banner: { js: 'const importMetaUrl = require("node:url").pathToFileURL(__filename).href;' },
  logLevel: 'warning',
});
rmSync('dist/cli', { recursive: true });
mkdirSync('dist/cli');
for (const { path, contents } of result.outputFiles) writeFileSync(path, contents);
writeFileSync('dist/cli/package.json', '{"type":"commonjs"}\n');
chmodSync('dist/cli/main.js', 0o755);
