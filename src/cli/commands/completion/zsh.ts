import type { CompletedCommand, Values } from './tree.js';

export function zshScript(commands: readonly CompletedCommand[]): string {
  const paths = commands.map(({ path }) => path).filter((path) => path !== '');
  return `#compdef ja3-sensor
# zsh completion for ja3-sensor: ja3-sensor completion zsh > "\${fpath[1]}/_ja3-sensor"
_ja3_sensor() {
  local at='' previous=\${words[CURRENT-1]} i
  local -a found
  for ((i = 2; i < CURRENT; i++)); do
    case "$at/\${words[i]}" in
      (${paths.join('|')}) at="$at/\${words[i]}" ;;
    esac
  done
  case "$at $previous" in
${commands.flatMap(optionCases).join('')}  esac
  if [[ \${words[CURRENT]} == -* ]]; then
    case "$at" in
${commands
  .map(({ path, options }) =>
    described(
      path,
      options.flatMap(({ flags, description }) => flags.map((name) => ({ name, description }))),
    ),
  )
  .join('')}    esac
    _describe -o option found
    return
  fi
  case "$at" in
${commands.map(({ path, subcommands, values }) => (subcommands.length > 0 ? described(path, subcommands, '; _describe command found') : `    ('${path}') ${reply(values)} ;;\n`)).join('')}  esac
}
if [[ \${funcstack[1]} == _ja3_sensor || \${funcstack[1]} == _ja3-sensor ]]; then
  _ja3_sensor "$@"
else
  compdef _ja3_sensor ja3-sensor
fi
`;
}

function optionCases({ path, options }: CompletedCommand): string[] {
  return options
    .filter(({ values }) => values !== null)
    .map(({ flags, values }) => {
      const patterns = flags.map((flag) => `'${path} ${flag}'`).join('|');
      return `    (${patterns}) ${reply(values!)}; return ;;\n`;
    });
}

type Described = readonly { readonly name: string; readonly description: string }[];

function described(path: string, list: Described, then = ''): string {
  const items = list.map(({ name, description }) => quoted(`${name}:${description}`));
  return `    ('${path}') found=(${items.join(' ')})${then} ;;\n`;
}

function reply(values: Values): string {
  if (values === 'anything') return ':';
  return values === 'files' ? '_files' : `compadd -- ${values.join(' ')}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
