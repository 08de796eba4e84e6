#!/usr/bin/env node
import { say } from './say.js';
import { version } from './version.js';

// The parser of arguments, and what commands need, are loaded when they are needed: `--version` answers at once.
async function printVersion(): Promise<number> {
  const { Output, OutputClosed } = await import('./output.js');
  const output = new Output();
  try {
    output.print(`${version()}\n`);
    await output.flush();
    return 0;
  } catch (error) {
    if (error instanceof OutputClosed) return 0;
    say(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

async function main(args: readonly string[]): Promise<number> {
  if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) return printVersion();
  const { runProgram } = await import('./program.js');
  return runProgram(args, version());
}

main(process.argv.slice(2)).then(
  // A read of standard input may still be waiting for a writer that never comes: leave now, everything is written.
  (code) => process.exit(code),
  (error: unknown) => {
    // Only a mistake in this program comes here.
    say(`internal error: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  },
);
