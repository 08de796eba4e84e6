/** How text is set for whoever reads it. */
export interface Look {
  /** Makes a text from the wire safe to look at. */
  readonly escape: (text: string) => string;
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  /** Columns that running text is broken at. */
  readonly width: number;
}

/** A space at which {@link wrapped} does not break a line. Escaped texts hold none. */
export const NO_BREAK = '\u00a0';

/** Breaks running text into lines. A word that is longer than a line stays whole: it can be copied. */
export function wrapped(text: string, { width }: Look, indent = ''): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line += line === '' ? word : ` ${word}`;
  }
  lines.push(line);
  return lines.map((each) => `${indent}${each.replaceAll(NO_BREAK, ' ')}\n`).join('');
}

/** A label and what it stands for, broken so that the label stands alone on its left. */
export function entry(label: string, labelWidth: number, text: string, look: Look, indent = '  '): string {
  const left = indent.length + labelWidth + 2;
  const body = wrapped(text, look, ' '.repeat(left));
  return `${indent}${label.padEnd(labelWidth)}  ${body.slice(left)}`;
}

export function plural(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? '' : 's'}`;
}
