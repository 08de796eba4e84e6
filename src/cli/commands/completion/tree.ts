import type { Argument, Command, Option } from 'commander';

/** What can be typed for a value: one of these words, a file, or something nobody can guess. */
export type Values = readonly string[] | 'files' | 'anything';

export interface CompletedOption {
  /** `--json`, `-h`: each as typed. */
  readonly flags: readonly string[];
  readonly description: string;
  /** null: it takes no value. */
  readonly values: Values | null;
}

export interface CompletedCommand {
  /** Names behind the program's own, a slash before each: `/db/lookup`; empty for the program. */
  readonly path: string;
  readonly description: string;
  readonly options: readonly CompletedOption[];
  readonly subcommands: readonly { readonly name: string; readonly description: string }[];
  /** Of the argument that can be completed, if there is one. */
  readonly values: Values;
}

/** Values of these names are paths, in every command of ours. */
const PATHS: ReadonlySet<string> = new Set(['file', 'path', 'hello']);

/** A command and all below it, as the parser of arguments knows them. */
export function completedCommands(command: Command, path = ''): readonly CompletedCommand[] {
  const help = command.createHelp();
  const subcommands = help.visibleCommands(command);
  return [
    {
      path,
      description: command.description(),
      options: help.visibleOptions(command).map(completedOption),
      subcommands: subcommands.map((each) => ({ name: each.name(), description: each.description() })),
      values: valuesOf(command.registeredArguments),
    },
    ...command.commands.flatMap((each) => completedCommands(each, `${path}/${each.name()}`)),
  ];
}

function completedOption({ flags, description, required, optional, argChoices }: Option): CompletedOption {
  const name = /[<[]([^\]>.]*)/.exec(flags)?.[1];
  const values = argChoices ?? (name !== undefined && PATHS.has(name) ? 'files' : 'anything');
  return {
    flags: flags.split(/[ ,|]+/).filter((flag) => flag.startsWith('-')),
    description,
    values: required || optional ? values : null,
  };
}

function valuesOf(given: readonly Argument[]): Values {
  const choices = given.flatMap(({ argChoices }) => argChoices ?? []);
  if (choices.length > 0) return choices;
  return given.some((argument) => PATHS.has(argument.name())) ? 'files' : 'anything';
}
