import type { OpenSslGeneration, ProxiedLogin } from '../../model/index.js';
import { LOGIN_MESSAGE, loginFields } from './fields.js';
import { LineSink, type LineTarget, type OnFailing, type OnRecovered } from './sink.js';
import { visible } from './visible.js';

export interface LoginLogOptions {
  readonly target: LineTarget;
  /** Whose ssl_ja3 is written under that name. */
  readonly openssl: OpenSslGeneration;
  /** Told when lines are written again after some could not be. */
  readonly onRecovered?: OnRecovered;
  /** Told when lines begin to wait because they cannot be written. */
  readonly onFailing?: OnFailing;
}

/** Login lines: JSON, one a login. docs/login-lines.md has its keys. */
export interface LoginLines {
  /** The line has been handed to the system when it returns; while that fails, `failing` is true and lines wait. Never throws. */
  write(login: ProxiedLogin): void;
  readonly failing: boolean;
  /** After logrotate. @throws SensorError `log_unwritable`; the old file is written on then */
  reopen(): void;
  /** @returns lines that were never written */
  close(): number;
}

/** Loads pino. @throws SensorError `log_unwritable` */
export async function openLoginLog({ target, openssl, onRecovered, onFailing }: LoginLogOptions): Promise<LoginLines> {
  const sink = new LineSink(target, onRecovered, onFailing);
  const { pino } = await import('pino');
  const log = pino(
    { base: null, timestamp: false, formatters: { level: (level) => ({ level }) } },
    { write: (line: string) => sink.write(`${visible(line.trimEnd())}\n`) },
  );
  return {
    write: (login) => log.info(loginFields(login, openssl), LOGIN_MESSAGE),
    get failing() {
      return sink.failing;
    },
    reopen: () => sink.reopen(),
    close: () => sink.close(),
  };
}
