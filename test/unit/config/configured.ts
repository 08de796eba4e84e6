import {
  ConfigurationError,
  formatProblem,
  type ProxyConfiguration,
  type ReadConfigurationOptions,
  readProxyConfiguration,
} from '../../../src/config/index.js';
import { SensorError } from '../../../src/errors.js';

/** A reader of files that are not on the disk, by their whole paths. */
export function filesOf(files: Readonly<Record<string, string>>): NonNullable<ReadConfigurationOptions['readFile']> {
  return (path) => {
    const text = files[path];
    if (text === undefined) throw new SensorError('file_unreadable', 'file', 0, `${path}: there is no such file`);
    return { text, mode: 0o100600 };
  };
}

export interface Configured {
  /** null where it was refused. */
  readonly configuration: ProxyConfiguration | null;
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
}

/** Reads `text` as /etc/proxy.yaml; problems come without its folder. */
export function configured(
  text: string,
  files: Readonly<Record<string, string>> = {},
  options: Omit<ReadConfigurationOptions, 'readFile'> = {},
): Configured {
  const lines = (problems: ProxyConfiguration['warnings'], severity: string) =>
    problems.filter((problem) => problem.severity === severity).map((each) => formatProblem(each).replace('/etc/', ''));
  try {
    const readFile = filesOf({ ...files, '/etc/proxy.yaml': text });
    const configuration = readProxyConfiguration('/etc/proxy.yaml', { ...options, readFile });
    return { configuration, errors: [], warnings: lines(configuration.warnings, 'warning') };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return {
      configuration: null,
      errors: lines(error.problems, 'error'),
      warnings: lines(error.problems, 'warning'),
    };
  }
}
