import { Command } from 'commander';

/** What it consists of is loaded when it is asked for: a capture is read without it. */
export function dbCommand(): Command {
  return new Command('db').description('ask the fingerprint database, and look after it');
}

/** @param outcome is told what a command ended with */
export async function addDbCommands(db: Command, outcome: { code: number }): Promise<void> {
  const { dbCommands } = await import('./db/commands.js');
  for (const command of dbCommands(outcome)) db.addCommand(command);
}
