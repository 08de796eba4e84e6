import type { Command } from 'commander';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { Output } from '../output.js';
import { bashScript } from './completion/bash.js';
import { fishScript } from './completion/fish.js';
import { type CompletedCommand, completedCommands } from './completion/tree.js';
import { zshScript } from './completion/zsh.js';

const SCRIPTS: ReadonlyMap<string, (commands: readonly CompletedCommand[]) => string> = new Map([
  ['bash', bashScript],
  ['zsh', zshScript],
  ['fish', fishScript],
]);

/**
 * Prints a completion script, made of the very commands that the program parses.
 *
 * @param shell one of the choices of the argument
 */
export async function completion(shell: string, program: Command): Promise<ExitCode> {
  const output = new Output();
  output.print(SCRIPTS.get(shell)!(completedCommands(program)));
  await output.flush();
  return EXIT.done;
}
