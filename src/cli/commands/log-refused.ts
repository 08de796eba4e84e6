import type { SensorError } from '../../errors.js';

export interface RefusedLine {
  readonly file: string;
  readonly error: SensorError;
}

/** Logs every line that could not be read, a JSON line each, on standard error: where it is, never what it holds. Loads pino: only for `--verbose`. */
export async function refusedLineLog(): Promise<(line: RefusedLine) => void> {
  const { pino } = await import('pino');
  const log = pino(
    { base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (level) => ({ level }) } },
    pino.destination({ dest: 2, sync: true }),
  );
  return ({ file, error: { code, field, offset, message } }) => {
    log.warn({ file, code, field, offset }, message);
  };
}
