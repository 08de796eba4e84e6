import { dirname, resolve } from 'node:path';
import type { ReadFile } from '../../certs/index.js';
import { SensorError } from '../../errors.js';
import type { KeyPath } from '../problems.js';
import type { Report } from '../report.js';

/** The other files a configuration names. Each is read once; its paths are relative to the configuration's folder. */
export class Files {
  readonly readFile: ReadFile;
  readonly now: number;
  readonly #folder: string;
  readonly #done = new Map<string, unknown>();

  constructor(configuration: string, readFile: ReadFile, now: number) {
    this.readFile = readFile;
    this.now = now;
    this.#folder = dirname(resolve(configuration));
  }

  resolve(path: string): string {
    return resolve(this.#folder, path);
  }

  /** What `load` gives; null, and told, where it cannot. The same `key` is not loaded a second time. */
  once<T>(key: string, path: KeyPath, report: Report, load: () => T): T | null {
    let outcome = this.#done.get(key) as T | SensorError | undefined;
    if (outcome === undefined) {
      outcome = attempt(load);
      this.#done.set(key, outcome);
    }
    if (!(outcome instanceof SensorError)) return outcome;
    report.error(path, outcome.message);
    return null;
  }
}

/** A result, or the error as one. */
export function attempt<T>(action: () => T): T | SensorError {
  try {
    return action();
  } catch (error) {
    if (error instanceof SensorError) return error;
    throw error;
  }
}
