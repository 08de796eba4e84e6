import { formatPath, type KeyPath, type Problem } from './problems.js';
import type { YamlDocument } from './yaml.js';

/** Collects what is wrong, each with its place in the file. */
export class Report {
  readonly #file: string;
  readonly #document: YamlDocument;
  readonly #problems: Problem[] = [];

  constructor(file: string, document: YamlDocument) {
    this.#file = file;
    this.#document = document;
    for (const { line, column, message } of document.problems) {
      this.#problems.push({ severity: 'error', file, line, column, path: '', message });
    }
  }

  error(path: KeyPath, message: string, part?: 'key' | 'value'): void {
    this.#add('error', path, message, part);
  }

  warning(path: KeyPath, message: string, part?: 'key' | 'value'): void {
    this.#add('warning', path, message, part);
  }

  /** Whether the file has the key, as opposed to a default. */
  has(path: KeyPath): boolean {
    return this.#document.has(path);
  }

  /** In the order of the file, the same thing once. */
  get problems(): readonly Problem[] {
    return [...this.#problems].sort((a, b) => a.line - b.line || a.column - b.column);
  }

  get failed(): boolean {
    return this.#problems.some(({ severity }) => severity === 'error');
  }

  #add(severity: Problem['severity'], path: KeyPath, message: string, part?: 'key' | 'value'): void {
    const { line, column } = this.#document.locate(path, part);
    const problem = { severity, file: this.#file, line, column, path: formatPath(path), message };
    const known = this.#problems.some((other) => other.path === problem.path && other.message === message);
    if (!known) this.#problems.push(problem);
  }
}
