import { SensorError } from '../../errors.js';
import { compileFormat, defaultFormats, type LineStyle } from '../../login/index.js';
import { nearMiss } from '../near-miss.js';
import type { Report } from '../report.js';
import type { LoginLogEntry } from '../schema/index.js';
import { attempt, type Files } from './files.js';
import { secretIn } from './secret.js';

/** Login lines in Dovecot's form. */
export interface LoginLogSettings {
  readonly target:
    | 'stdout'
    | 'stderr'
    | 'journal'
    | { readonly file: string }
    | { readonly syslog: 'udp' | 'tcp'; readonly host: string; readonly port: number };
  readonly style: LineStyle;
  readonly format: string;
  readonly elements: string;
  /** null: names are written as they are. */
  readonly userHashKey: string | null;
  readonly truncateAddresses: boolean;
}

/** @returns null where there is none, or it cannot be used, which is told */
export function loginLogOf(entry: LoginLogEntry | undefined, files: Files, report: Report): LoginLogSettings | null {
  if (entry === undefined) return null;
  const target = targetOf(entry, files, report);
  const { style } = entry;
  const format = entry.format ?? defaultFormats[style].format;
  const elements = entry.elements ?? defaultFormats[style].elements;
  const compiled = attempt(() => compileFormat({ style, format, elements, suggest: nearMiss }));
  if (compiled instanceof SensorError) {
    const key = compiled.field === 'login_log_format' ? 'format' : 'elements';
    report.error(['login_log', key], `${compiled.message} (character ${compiled.offset + 1})`);
  }
  const userHashKey = keyOf(entry, files, report);
  if (target === null) return null;
  return { target, style, format, elements, userHashKey, truncateAddresses: entry.truncate_addresses };
}

function targetOf({ to, syslog }: LoginLogEntry, files: Files, report: Report): LoginLogSettings['target'] | null {
  if ((to === undefined) === (syslog === undefined)) {
    report.error(['login_log'], 'needs one of to and syslog', 'key');
    return null;
  }
  if (syslog !== undefined) return { syslog: syslog.transport, ...syslog.server };
  if (to === 'stderr' || to === 'stdout' || to === 'journal') return to;
  return { file: files.resolve(to!) };
}

function keyOf({ user_hash_key: path }: LoginLogEntry, files: Files, report: Report): string | null {
  return path === undefined ? null : secretIn(path, ['login_log', 'user_hash_key'], files, report);
}
