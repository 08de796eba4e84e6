import type { ReadFile } from '../certs/index.js';
import { SensorError } from '../errors.js';
import { MAX_CONFIG_BYTES } from './limits.js';
import { attempt } from './load/files.js';
import { ConfigurationError } from './problems.js';
import { Report } from './report.js';
import { readYaml } from './yaml.js';

/** A configuration file as values, a report with its places, and its mode. */
export interface OpenedConfiguration {
  readonly value: unknown;
  readonly report: Report;
  readonly mode: number;
}

/** @throws ConfigurationError where it cannot be read, or is no YAML */
export function openConfiguration(path: string, readFile: ReadFile): OpenedConfiguration {
  const file = attempt(() => readFile(path, MAX_CONFIG_BYTES));
  if (file instanceof SensorError) throw unreadable(path, file);
  const document = readYaml(file.text);
  const report = new Report(path, document);
  report.throwIfFailed();
  return { value: document.value, report, mode: file.mode };
}

function unreadable(file: string, { message }: SensorError): ConfigurationError {
  const reason = message.startsWith(`${file}: `) ? message.slice(file.length + 2) : message;
  return new ConfigurationError([{ severity: 'error', file, line: 1, column: 1, path: '', message: reason }]);
}
