import type { CompletedCommand, Values } from './tree.js';

export function fishScript(commands: readonly CompletedCommand[]): string {
  const paths = commands.map(({ path }) => path).filter((path) => path !== '');
  return `# fish completion for ja3-sensor: ja3-sensor completion fish > ~/.config/fish/completions/ja3-sensor.fish
function __ja3_sensor_at
    set -l at ''
    for word in (commandline -opc)[2..-1]
        switch "$at/$word"
            case ${paths.map(quoted).join(' ')}
                set at "$at/$word"
        end
    end
    test "$at" = "$argv[1]"
end
complete -c ja3-sensor -f
${commands.map(commandLines).join('')}`;
}

function commandLines({ path, options, subcommands, values }: CompletedCommand): string {
  const line = (rest: string): string =>
    `complete -c ja3-sensor -n ${quoted(`__ja3_sensor_at ${quoted(path)}`)} ${rest}\n`;
  return [
    ...subcommands.map(({ name, description }) => line(`-a ${name} -d ${quoted(description)}`)),
    ...(subcommands.length === 0 && values !== 'anything' ? [line(argumentText(values))] : []),
    ...options.map(({ flags, description, values: own }) =>
      line(`${flags.map(flagText).join(' ')}${own === null ? '' : ` ${optionText(own)}`} -d ${quoted(description)}`),
    ),
  ].join('');
}

function flagText(flag: string): string {
  return flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`;
}

function argumentText(values: Exclude<Values, 'anything'>): string {
  return values === 'files' ? '-F' : `-a ${quoted(values.join(' '))}`;
}

function optionText(values: Values): string {
  if (values === 'anything') return '-x';
  return values === 'files' ? '-r -F' : `-x -a ${quoted(values.join(' '))}`;
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
