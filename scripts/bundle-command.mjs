// Puts the compiled command (dist/cli) into few files: Node takes about a third of a millisecond for each module it loads, and the command is made of
// a hundred small ones (docs/decisions/0007). What is imported lazily stays in files of its own; packages stay outside.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

const result = await build({
  entryPoints: ['dist/cli/main.js'],
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  outdir: 'dist/cli',
  chunkNames: 'part-[hash]',
  write: false,
  minifyWhitespace: true,
  minifySyntax: true,
  logLevel: 'warning',
});
rmSync('dist/cli', { recursive: true });
mkdirSync('dist/cli');
for (const { path, contents } of result.outputFiles) writeFileSync(path, contents);
