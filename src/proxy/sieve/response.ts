import { latin1 } from '../lines.js';
import { oneLine } from './replies.js';
import type { Sentence } from './sentence.js';

/** RFC 5804 section 1.2: how a command ended. */
export interface Response {
  readonly status: 'OK' | 'NO' | 'BYE';
  /** The first word of the code in parentheses, in capitals; null where there is none. */
  readonly code: string | null;
  /** For people, one line. */
  readonly text: string;
}

/** null: the sentence is none (a capability, a challenge). */
export function readResponse({ tokens }: Sentence): Response | null {
  const [first, ...rest] = tokens;
  const status = first?.kind === 'atom' ? first.text.toUpperCase() : null;
  if (status !== 'OK' && status !== 'NO' && status !== 'BYE') return null;
  const close = rest.findIndex(({ kind }) => kind === ')');
  const coded = rest[0]?.kind === '(' && close > 0;
  const code = coded && rest[1]?.kind === 'atom' ? rest[1].text.toUpperCase() : null;
  const text = rest
    .slice(coded ? close + 1 : 0)
    .flatMap((token) => (token.kind === 'string' ? [latin1(token.bytes)] : []));
  return { status, code, text: oneLine(text.join(' ')) };
}
