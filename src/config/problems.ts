import { SensorError } from '../errors.js';

/** From the document's root: `['listeners', 0, 'tls']`. */
export type KeyPath = readonly (string | number)[];

/** Something about a configuration that is wrong (`error`), or that its author should think over (`warning`). */
export interface Problem {
  readonly severity: 'error' | 'warning';
  /** As it was given. */
  readonly file: string;
  /** Both from 1; columns count UTF-16 units. */
  readonly line: number;
  readonly column: number;
  /** `listeners[0].tls`; empty for the whole document. */
  readonly path: string;
  readonly message: string;
}

/** `proxy.yaml:12:7: listeners[0].tls: expected implicit, starttls or none, not "ssl"`; warnings with the word in front. */
export function formatProblem({ severity, file, line, column, path, message }: Problem): string {
  const words = [severity === 'warning' ? 'warning' : '', path, message].filter((word) => word !== '');
  return `${file}:${line}:${column}: ${words.join(': ')}`;
}

const plainKey = /^[A-Za-z_][A-Za-z0-9_-]*$/;

/** `listeners[0].route.names["mail.example.org"]` */
export function formatPath(path: KeyPath): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (!plainKey.test(step)) text += `[${JSON.stringify(step)}]`;
    else text += text === '' ? step : `.${step}`;
  }
  return text;
}

/** A configuration that cannot be used: its message has a line for each thing that is wrong. */
export class ConfigurationError extends SensorError {
  /** In the order of the file, warnings included. At least one is an error. */
  readonly problems: readonly Problem[];

  /** @param more there were more errors than are in `problems` */
  constructor(problems: readonly Problem[], more = false) {
    const errors = problems.filter(({ severity }) => severity === 'error');
    const lines = [...errors.map(formatProblem), ...(more ? ['and more'] : [])];
    super('configuration_invalid', errors[0]?.path ?? '', 0, lines.join('\n'));
    this.problems = problems;
  }
}
