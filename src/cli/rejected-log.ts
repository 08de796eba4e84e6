import { formatEndpoint } from '../endpoint.js';
import type { Rejection } from '../observe/index.js';

/** Logs every hello that could not be read, a JSON line each, on standard error. Loads pino: only for `--verbose`. */
export async function rejectedLog(): Promise<(rejection: Rejection) => void> {
  const { pino } = await import('pino');
  const log = pino(
    { base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (level) => ({ level }) } },
    pino.destination({ dest: 2, sync: true }),
  );
  return ({ file, frame, src, dst, error }) => {
    const { code, field, offset } = error;
    log.warn({ file, frame, src: formatEndpoint(src), dst: formatEndpoint(dst), code, field, offset }, error.message);
  };
}
