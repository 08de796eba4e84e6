import { Argument, Command } from 'commander';

const EXAMPLES = `
Examples:
  source <(ja3-sensor completion bash)                         in ~/.bashrc
  ja3-sensor completion zsh > "\${fpath[1]}/_ja3-sensor"
  ja3-sensor completion fish > ~/.config/fish/completions/ja3-sensor.fish`;

/** @param outcome is told what the command ended with */
export function completionCommand(outcome: { code: number }): Command {
  const command = new Command('completion');
  return command
    .description('print a script that completes commands and options in a shell')
    .addArgument(new Argument('<shell>', 'which shell').choices(['bash', 'zsh', 'fish']))
    .addHelpText('after', EXAMPLES)
    .action(async (shell: string) => {
      const { completion } = await import('./completion.js');
      outcome.code = await completion(shell, command.parent!);
    });
}
