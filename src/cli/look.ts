import type { Look } from '../explain/index.js';
import { escapeText } from '../report/index.js';
import { terminalPaint, terminalWidth } from './terminal.js';

/** Columns of running text where there is no terminal, and the most on a wide one: longer lines are hard to read. */
const TEXT_WIDTH = 120;

/** How running text looks on standard output. */
export async function textLook(): Promise<Look> {
  const paint = await terminalPaint();
  const plain = (text: string): string => text;
  return {
    escape: escapeText,
    bold: paint?.bold ?? plain,
    dim: paint?.dim ?? plain,
    width: Math.min(terminalWidth() ?? TEXT_WIDTH, TEXT_WIDTH),
  };
}
