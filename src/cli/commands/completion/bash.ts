import type { CompletedCommand, Values } from './tree.js';

/** For bash 3.2 (macOS) and later. */
export function bashScript(commands: readonly CompletedCommand[]): string {
  const paths = commands.map(({ path }) => path).filter((path) => path !== '');
  return `# bash completion for ja3-sensor: source <(ja3-sensor completion bash)
_ja3_sensor() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} path= i
  COMPREPLY=()
  # Readline cuts --option=value into three words.
  if [[ $cur == = ]]; then
    cur=
  elif [[ $prev == = ]]; then
    prev=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$path/\${COMP_WORDS[i]}" in
      ${paths.join('|')}) path="$path/\${COMP_WORDS[i]}" ;;
    esac
  done
  case "$path $prev" in
${commands.flatMap(optionCases).join('')}  esac
  if [[ $cur == -* ]]; then
    case "$path" in
${commands.map(({ path, options }) => branch(path, words(options.flatMap(({ flags }) => flags)))).join('')}    esac
    return
  fi
  case "$path" in
${commands.map(({ path, subcommands, values }) => branch(path, reply(subcommands.length > 0 ? subcommands.map(({ name }) => name) : values))).join('')}  esac
}
complete -F _ja3_sensor ja3-sensor
`;
}

function optionCases({ path, options }: CompletedCommand): string[] {
  return options
    .filter(({ values }) => values !== null)
    .map(({ flags, values }) => {
      const patterns = flags.map((flag) => `'${path} ${flag}'`).join('|');
      return `    ${patterns}) ${reply(values!)}; return ;;\n`;
    });
}

function branch(path: string, what: string): string {
  return `    '${path}') ${what} ;;\n`;
}

/** Files are left to readline, which knows about spaces and folders. */
function reply(values: Values): string {
  if (values === 'anything') return ':';
  return values === 'files' ? 'compopt -o default 2>/dev/null || COMPREPLY=($(compgen -f -- "$cur"))' : words(values);
}

function words(list: readonly string[]): string {
  return `COMPREPLY=($(compgen -W '${list.join(' ')}' -- "$cur"))`;
}
