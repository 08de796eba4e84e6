import { fromLatin1, latin1 } from '../lines.js';
import { type Sentence, SentenceReader } from './sentence.js';
import { quoted } from './spelling.js';

/** One capability: a name in capitals, and its value where it has one. Latin-1. */
export interface Capability {
  readonly name: string;
  readonly value: string | null;
}

/** RFC 5804 section 1.7: a line of one string or two. null: it is none. */
export function readCapability({ tokens }: Sentence): Capability | null {
  const [name, value] = tokens;
  if (name?.kind !== 'string' || tokens.length > 2 || (value !== undefined && value.kind !== 'string')) return null;
  return { name: latin1(name.bytes).toUpperCase(), value: value === undefined ? null : latin1(value.bytes) };
}

/** The capability as a line without its end; null: it cannot be quoted. */
export function spellCapability({ name, value }: Capability): string | null {
  const line = value === null ? quoted(name) : `${quoted(name)} ${quoted(value)}`;
  return /[\0\r\n]/.test(line) ? null : line;
}

/**
 * About the login, or about who may say who somebody is: dialogues have their own. UNAUTHENTICATE would lead back before a login on the backend itself, past the proxy.
 */
const OF_THE_LOGIN: ReadonlySet<string> = new Set(['SASL', 'STARTTLS', 'XCLIENT', 'UNAUTHENTICATE']);

export function isPassedOn({ name }: Capability): boolean {
  return name !== '' && !OF_THE_LOGIN.has(name);
}

/** RFC 5804 section 1.7: these three a server must show. */
const REQUIRED: readonly Capability[] = [
  { name: 'IMPLEMENTATION', value: 'ja3-sensor' },
  { name: 'SIEVE', value: '' },
  { name: 'VERSION', value: '1.0' },
];

/** The capability lines that are shown beside the login's own: those given that are ones, and what a server must show besides. */
export function shownLines(keywords: readonly string[]): readonly string[] {
  const given = keywords.flatMap((keyword) => {
    const reader = new SentenceReader(keyword.length);
    reader.push(fromLatin1(`${keyword}\n`));
    const sentence = reader.next();
    const capability = typeof sentence === 'string' ? null : readCapability(sentence);
    return capability !== null && isPassedOn(capability) && reader.held === 0
      ? [{ keyword, name: capability.name }]
      : [];
  });
  const names = new Set(given.map(({ name }) => name));
  const missing = REQUIRED.filter(({ name }) => !names.has(name)).map((capability) => spellCapability(capability)!);
  return [...missing, ...given.map(({ keyword }) => keyword)];
}
