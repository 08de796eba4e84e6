import { isatty } from 'node:tty';
import type { Paint } from '../report/index.js';

export const outputIsTerminal = (): boolean => isatty(1);

/** A progress bar moves the cursor: for terminals that can. */
export const errorTakesBar = (): boolean => isatty(2) && process.env.TERM !== 'dumb';

/** Columns of the terminal; undefined without one. */
export function terminalWidth(): number | undefined {
  return outputIsTerminal() ? process.stdout.columns : undefined;
}

/** Colours on a terminal that wants them: picocolors heeds NO_COLOR, FORCE_COLOR and TERM=dumb. */
export async function terminalPaint(): Promise<Paint | undefined> {
  if (!outputIsTerminal()) return undefined;
  const { default: colors } = await import('picocolors');
  return colors.isColorSupported ? { bold: colors.bold, dim: colors.dim } : undefined;
}
