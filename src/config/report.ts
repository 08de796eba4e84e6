import { MAX_ERRORS } from './limits.js';
import { ConfigurationError, formatPath, type KeyPath, type Problem } from './problems.js';
import type { YamlDocument } from './yaml.js';

/** Collects what is wrong, each with its place in the file. */
export class Report {
  readonly #file: string;
  readonly #document: YamlDocument;
  readonly #problems: Problem[] = [];
  readonly #adopted: Problem[] = [];
  readonly #told = new Set<string>();
  #errors = 0;

  constructor(file: string, document: YamlDocument) {
    this.#file = file;
    this.#document = document;
    this.#errors = document.problems.length;
    for (const { line, column, message } of document.problems.slice(0, MAX_ERRORS)) {
      this.#problems.push({ severity: 'error', file, line, column, path: '', message });
    }
  }

  error(path: KeyPath, message: string, part?: 'key' | 'value'): void {
    this.#add('error', path, message, part);
  }

  warning(path: KeyPath, message: string, part?: 'key' | 'value'): void {
    this.#add('warning', path, message, part);
  }

  /** Takes on what is wrong with another file that this one names; it is told behind what is wrong with this one. */
  adopt(problems: readonly Problem[]): void {
    this.#adopted.push(...problems);
    this.#errors += problems.filter(({ severity }) => severity === 'error').length;
  }

  /** Whether the file has the key, as opposed to a default. */
  has(path: KeyPath): boolean {
    return this.#document.has(path);
  }

  /** In the order of the file, the same thing once. */
  get problems(): readonly Problem[] {
    const own = [...this.#problems].sort((a, b) => a.line - b.line || a.column - b.column);
    return [...own, ...this.#adopted];
  }

  /** @throws ConfigurationError where there is an error */
  throwIfFailed(): void {
    if (this.#errors > 0) throw new ConfigurationError(this.problems, this.#errors > MAX_ERRORS);
  }

  #add(severity: Problem['severity'], path: KeyPath, message: string, part?: 'key' | 'value'): void {
    const told = `${formatPath(path)}: ${message}`;
    if (this.#told.has(told)) return;
    this.#told.add(told);
    if (severity === 'error' && ++this.#errors > MAX_ERRORS) return;
    const { line, column } = this.#document.locate(path, part);
    this.#problems.push({ severity, file: this.#file, line, column, path: formatPath(path), message });
  }
}
