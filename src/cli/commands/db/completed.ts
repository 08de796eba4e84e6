import type { Command } from 'commander';

/** What a command ended with is told to this. */
export interface Outcome {
  code: number;
}

/** What every command has besides its own, and an example or some. */
export function completed(command: Command, examples: string): Command {
  const several = examples.includes('\n');
  return command
    .option('--database <path>', 'the database (default: in the XDG data folder)')
    .option('--json', 'JSON instead of text; docs/db.md has the keys')
    .addHelpText('after', `\nExample${several ? 's' : ''}:\n  ${examples.replaceAll('\n', '\n  ')}`);
}
