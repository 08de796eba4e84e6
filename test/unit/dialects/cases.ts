import { readdirSync, readFileSync } from 'node:fs';
import type { Side, Verdict } from '../../../src/dialects/index.js';

/** A line of a case: `left` are bytes the machine must not consume. */
export interface Sent {
  readonly side: Side;
  readonly bytes: Uint8Array;
  readonly left: boolean;
}

export interface DialogueCase {
  readonly title: string;
  /** null where no dialogue may be found. */
  readonly name: string | null;
  readonly verdict: Verdict;
  readonly sent: readonly Sent[];
}

const folder = new URL('../../cases/dialects/', import.meta.url);

/** All cases of test/cases/dialects; its README.md says how they are written. */
export function readDialogueCases(): DialogueCase[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.md') && file !== 'README.md');
  return files.flatMap((file) => readCases(file, readFileSync(new URL(file, folder), 'utf8')));
}

function readCases(file: string, text: string): DialogueCase[] {
  const cases: DialogueCase[] = [];
  for (const section of text.split(/^## /m).slice(1)) {
    const match = /^(.*)\n```(\S+) (\S+)\n([^`]*)```\s*$/.exec(section);
    if (match === null) throw new Error(`${file}: no dialogue in section «${section.slice(0, 60)}»`);
    const [, title, name, verdict, lines] = match;
    cases.push({
      title: `${file}: ${title}`,
      name: name === '-' ? null : name!,
      verdict: verdict as Verdict,
      sent: lines!.split('\n').slice(0, -1).map(readLine),
    });
  }
  return cases;
}

function readLine(line: string): Sent {
  const match = /^([CS])([:!]) (.*)$/.exec(line);
  if (match === null) throw new Error(`not a line of a dialogue: ${line}`);
  return { side: match[1] === 'C' ? 'client' : 'server', left: match[2] === '!', bytes: octets(match[3]!) };
}

function octets(text: string): Uint8Array {
  const plain = text.replace(/\\(?:x([0-9a-f]{2})|([rnt\\]))/gi, (_all, hex: string | undefined, letter: string) =>
    hex === undefined
      ? { r: '\r', n: '\n', t: '\t', '\\': '\\' }[letter]!
      : String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
}
