import type { Candidate, HelloDifference, ListDifference, Recognition } from '../model/index.js';
import { valuesText } from './hello-text.js';
import { entry, type Look } from './look.js';
import { cipherSuite, ecPointFormat, extensionType, supportedGroup } from './named.js';
import type { NamedValue } from './types.js';

/** Candidates written out. */
const SHOWN = 5;

/** Who sends such a hello, how that was found, and what differs. */
export function recognitionText(recognition: Recognition, look: Look): string {
  const { rung, score, confidence, family, candidates, difference } = recognition;
  const sure = confidence === null ? '' : `, right in ${Math.round(100 * confidence)} % of measured cases`;
  const how = rung === 'none' ? 'nothing like it is known' : `rung ${rung}, similarity ${score.toFixed(2)}${sure}`;
  const more = candidates.length > SHOWN ? `  … and ${candidates.length - SHOWN} more\n` : '';
  return [
    `${look.bold('Recognised')}: ${how}\n`,
    family === null ? '' : `  TLS library ${look.escape(family)}\n`,
    ...candidates.slice(0, SHOWN).map((candidate) => candidateText(candidate, look)),
    more,
    difference === null ? '' : differencesText(difference, look),
  ].join('');
}

function candidateText({ label, share }: Candidate, look: Look): string {
  const { client, version, tlsLibrary, source, view } = label;
  const name = `${client}${version && ` ${version}`}${tlsLibrary && ` (${tlsLibrary})`}`;
  return `  ${String(Math.round(100 * share)).padStart(3)} %  ${look.escape(`${name} [${view}, ${source}]`)}\n`;
}

/** One entry for each list in which a hello differs from a known one. */
export function differencesText(difference: HelloDifference, look: Look): string {
  const { version, cipherSuites, extensions, supportedGroups, ecPointFormats } = difference;
  const lines = [
    ...(version === null ? [] : [`version ${version[0]} instead of ${version[1]}`]),
    ...listLines('cipher suites', cipherSuites, cipherSuite),
    ...listLines('extensions', extensions, extensionType),
    ...listLines('groups', supportedGroups, supportedGroup),
    ...listLines('point formats', ecPointFormats, ecPointFormat),
  ];
  return lines.map((line) => entry('differs', 7, line, look)).join('');
}

function listLines(what: string, list: ListDifference, naming: (value: number) => NamedValue): string[] {
  const named = (values: readonly number[]): string => valuesText(values.map(naming));
  return [
    ...(list.added.length > 0 ? [`${what} added: ${named(list.added)}`] : []),
    ...(list.dropped.length > 0 ? [`${what} missing: ${named(list.dropped)}`] : []),
    ...(list.moved.length > 0 ? [`${what} elsewhere: ${named(list.moved)}`] : []),
  ];
}
