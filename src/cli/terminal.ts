import { fstatSync } from 'node:fs';
import type { Paint } from '../report/index.js';

export const outputIsTerminal = (): boolean => isDevice(1) && process.stdout.isTTY === true;

/** A terminal is one, files and pipes are none: for them Node's module of terminals (and of sockets with it, 3 ms) is not loaded. */
function isDevice(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isCharacterDevice();
  } catch {
    return false; // closed
  }
}

/** A progress bar moves the cursor: for terminals that can. */
export const errorTakesBar = (): boolean => isDevice(2) && process.stderr.isTTY === true && process.env.TERM !== 'dumb';

/** Columns of the terminal; undefined without one, and of one that does not know its size (0: serial lines, `script`, containers). */
export function terminalWidth(): number | undefined {
  return outputIsTerminal() ? process.stdout.columns || undefined : undefined;
}

/** Colours on a terminal that wants them: picocolors heeds NO_COLOR, FORCE_COLOR and TERM=dumb. */
export async function terminalPaint(): Promise<Paint | undefined> {
  if (!outputIsTerminal()) return undefined;
  const { default: colors } = await import('picocolors');
  return colors.isColorSupported ? { bold: colors.bold, dim: colors.dim } : undefined;
}
