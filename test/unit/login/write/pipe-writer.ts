import { setTimeout } from 'node:timers/promises';
import { LineSink } from '../../../../src/login/write/sink.js';

/** A process of its own that writes 500 lines of 2 KB to its standard output, which nobody reads yet, and says on standard error how that went. */
const [briefly] = process.argv.slice(2);
const recovered: number[] = [];
const sink = new LineSink('stdout', (lost) => {
  recovered.push(lost);
});
// Until the reader is gone, where there will be none.
if (briefly !== undefined) while (!sink.failing) await written();
else for (let i = 0; i < 500; i++) sink.write(`${i} ${'x'.repeat(2_000)}.\n`);
process.stderr.write(`written while nobody reads: failing ${sink.failing}\n`);
if (briefly === undefined) {
  while (recovered.length === 0) await setTimeout(10);
  process.stderr.write(`recovered, lost ${recovered.join()}\n`);
} else {
  for (let i = 1; i < 500; i++) sink.write('x\n');
  process.stderr.write(`never written: ${sink.close()}\n`);
}

async function written(): Promise<void> {
  sink.write('x\n');
  await setTimeout(1);
}
