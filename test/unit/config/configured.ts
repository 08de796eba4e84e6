import {
  ConfigurationError,
  formatProblem,
  type PolicyConfiguration,
  type Problem,
  type ProxyConfiguration,
  type ReadConfigurationOptions,
  type ReadPolicyOptions,
  readPolicyConfiguration,
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

export interface Configured<T = ProxyConfiguration> {
  /** null where it was refused. */
  readonly configuration: T | null;
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
}

const lines = (problems: readonly Problem[], severity: string) =>
  problems.filter((problem) => problem.severity === severity).map((each) => formatProblem(each).replace('/etc/', ''));

function outcomeOf<T extends { readonly warnings: readonly Problem[] }>(read: () => T): Configured<T> {
  try {
    const configuration = read();
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

/** Reads `text` as /etc/proxy.yaml; problems come without its folder. */
export function configured(
  text: string,
  files: Readonly<Record<string, string>> = {},
  options: Omit<ReadConfigurationOptions, 'readFile'> = {},
): Configured {
  const readFile = filesOf({ ...files, '/etc/proxy.yaml': text });
  return outcomeOf(() => readProxyConfiguration('/etc/proxy.yaml', { ...options, readFile }));
}

/** The same of a policy file, /etc/policy.yaml. @param mode of every file */
export function policyConfigured(
  text: string,
  files: Readonly<Record<string, string>> = {},
  { mode = 0o100600, ...options }: Omit<ReadPolicyOptions, 'readFile'> & { readonly mode?: number } = {},
): Configured<PolicyConfiguration> {
  const read = filesOf({ ...files, '/etc/policy.yaml': text });
  const readFile: typeof read = (path, maxBytes) => ({ ...read(path, maxBytes), mode });
  return outcomeOf(() => readPolicyConfiguration('/etc/policy.yaml', { ...options, readFile }));
}
