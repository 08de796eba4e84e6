import { LineSink, type LineTarget, type OnFailing, type OnRecovered } from './sink.js';
import { visible } from './visible.js';

export interface NoticeOptions {
  readonly target: LineTarget;
  /** Lines for people, in place of JSON: somebody watches. */
  readonly plain: boolean;
  /** Of lines that somebody else can be told of. */
  readonly onFailing?: OnFailing;
  readonly onRecovered?: OnRecovered;
}

type Details = Readonly<Record<string, unknown>>;

/** What the operator should know: docs/login-lines.md. Never throws. */
export interface NoticeLines {
  info(message: string, details?: Details): void;
  warn(message: string, details?: Details): void;
  reopen(): void;
  close(): void;
}

/** Keys that every line has: a detail of that name gets another. */
const OWN_KEYS: ReadonlySet<string> = new Set(['level', 'time', 'msg']);

/** Loads pino. @throws SensorError `log_unwritable` */
export async function openNotices({ target, plain, onFailing, onRecovered }: NoticeOptions): Promise<NoticeLines> {
  const sink = new LineSink(target, onRecovered, onFailing);
  const rest = { reopen: () => sink.reopen(), close: () => void sink.close() };
  if (plain) {
    const say = (message: string, details: Details = {}): void => sink.write(`${plainLine(message, details)}\n`);
    return { info: say, warn: say, ...rest };
  }
  const { pino } = await import('pino');
  const log = pino(
    { base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (level) => ({ level }) } },
    { write: (line: string) => sink.write(`${visible(line.trimEnd())}\n`) },
  );
  return {
    info: (message, details = {}) => log.info(shown(details), message),
    warn: (message, details = {}) => log.warn(shown(details), message),
    ...rest,
  };
}

/** `ja3-sensor: the database is written again (dropped 12)` */
function plainLine(message: string, details: Details): string {
  const parts = Object.entries(shown(details)).map(
    ([key, value]) => `${key} ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return visible(`ja3-sensor: ${message}${parts.length === 0 ? '' : ` (${parts.join(', ')})`}`);
}

/** Errors as their code and message: neither a stack nor a cause. */
function shown(details: Details): Record<string, unknown> {
  const entries = Object.entries(details)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => [OWN_KEYS.has(key) ? `${key}_` : key, value instanceof Error ? errorText(value) : value]);
  return Object.fromEntries(entries) as Record<string, unknown>;
}

const errorText = (error: Error): string =>
  'code' in error && typeof error.code === 'string' ? `${error.code}: ${error.message}` : error.message;
