import { differencesText, entry, type Look, wrapped } from '../../../explain/index.js';
import type { Candidate, HelloDifference, ListDifference, Recognition, Rung } from '../../../model/index.js';
import { programText } from '../../../report/index.js';
import {
  cipherSuiteName,
  ecPointFormatName,
  extensionTypeName,
  supportedGroupName,
  versionName,
} from '../../../tls/index.js';
import type { Json } from './answer.js';
import { LABEL_COLUMNS, labelCells, labelJson } from './labels-text.js';
import { tableOf } from './text.js';

/** What each rung says, in words. */
const MEANING: Readonly<Record<Rung, string>> = {
  ja3: 'the very ja3',
  ja4: 'the very ja4',
  ssl_ja3: 'the very ssl_ja3, as Dovecot logs it',
  situational: 'the same but for extensions that come and go with the situation',
  unordered: 'the same with its extensions in another order',
  stack: 'the same cipher suites and groups: this names a TLS library, not a client',
  nearest: 'the most similar one that is known: this names a TLS library, not a client',
  none: 'nothing like it is known',
};

const FAMILY_RUNGS: ReadonlySet<Rung> = new Set(['stack', 'nearest', 'none']);

/** Clients that the answer cannot choose among: those of the best value. Empty where there is one, and where no client is named. */
export function notToldApart({ rung, candidates }: Recognition): readonly string[] {
  const [best] = candidates;
  if (best === undefined || FAMILY_RUNGS.has(rung)) return [];
  const exact = rung !== 'situational' && rung !== 'unordered';
  const same = candidates.filter(
    ({ label }) => exact || (label.view === best.label.view && label.hash === best.label.hash),
  );
  const clients = clientsOf(same);
  return clients.length > 1 ? clients : [];
}

/** Clients that are named by lists of web traffic and by nothing else. */
export function fromWebListsOnly({ candidates }: Recognition): readonly string[] {
  const elsewhere = new Set(clientsOf(candidates.filter(({ label }) => label.kind !== 'http')).map(lower));
  return clientsOf(candidates).filter((client) => !elsewhere.has(lower(client)));
}

const lower = (name: string): string => name.toLowerCase();

/** Each once, whatever its case. */
function clientsOf(candidates: readonly Candidate[]): readonly string[] {
  const names = new Map<string, string>();
  for (const { label } of candidates) if (!names.has(lower(label.client))) names.set(lower(label.client), label.client);
  return [...names.values()];
}

const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;

/** @param onMailPort whether what lists of web traffic say counts for less */
export function recognitionMembers(recognition: Recognition, onMailPort: boolean): { readonly [key: string]: Json } {
  const { rung, score, confidence, family, candidates, difference } = recognition;
  return {
    rung,
    score: rounded(score),
    confidence: confidence === null ? null : rounded(confidence),
    family,
    not_told_apart: notToldApart(recognition),
    rarely_match_mail: onMailPort ? fromWebListsOnly(recognition) : [],
    candidates: candidates.map(({ label, share }) => ({ share: rounded(share), ...labelJson(label) })),
    difference: differenceJson(difference),
  };
}

type Naming = (value: number) => string;

export function differenceJson(difference: HelloDifference | null): Json {
  if (difference === null) return null;
  const named = (values: readonly number[], name: Naming): Json =>
    values.map((value) => ({ value, name: name(value) }));
  const list = ({ added, dropped, moved }: ListDifference, name: Naming): Json => ({
    added: named(added, name),
    dropped: named(dropped, name),
    moved: named(moved, name),
  });
  return {
    version: difference.version === null ? null : named(difference.version, versionName),
    cipher_suites: list(difference.cipherSuites, cipherSuiteName),
    extensions: list(difference.extensions, extensionTypeName),
    supported_groups: list(difference.supportedGroups, supportedGroupName),
    ec_point_formats: list(difference.ecPointFormats, ecPointFormatName),
  };
}

/** Who sends such a hello, how that was found, where each name comes from, and what differs. */
export async function recognitionText(recognition: Recognition, onMailPort: boolean, look: Look): Promise<string> {
  const { rung, score, confidence, candidates, difference } = recognition;
  if (rung === 'none') return `${look.bold('Recognised')}: ${MEANING.none}\n`;
  const sure = confidence === null ? '' : `, right in ${Math.round(100 * confidence)} % of measured cases`;
  const same = notToldApart(recognition);
  const web = onMailPort ? fromWebListsOnly(recognition) : [];
  const names = (clients: readonly string[]): string => look.escape(clients.join(', '));
  return [
    `${look.bold('Recognised')}: ${look.bold(headline(recognition, look))}\n`,
    entry('rung', 4, `${rung}: ${MEANING[rung]}; similarity ${score.toFixed(2)}${sure}`, look),
    entry('from', 4, look.escape([...new Set(candidates.map(({ label }) => label.source))].join(', ')), look),
    same.length === 0 ? '' : wrapped(`cannot be told apart by TLS: ${names(same)}`, look, '  '),
    web.length === 0 ? '' : wrapped(`${names(web)}: ${RARELY}`, look, '  '),
    difference === null ? '' : differencesText(difference, look),
    '\n',
    await tableOf(
      [{ head: 'SHARE', usual: 5 }, ...LABEL_COLUMNS],
      candidates.map(({ label, share }) => [`${String(Math.round(100 * share)).padStart(3)} %`, ...labelCells(label)]),
    ),
  ].join('');
}

/** Client names of the first line. */
const NAMES = 3;

/** `Mutt, neomutt, msmtp … +4 · GnuTLS`; from `stack` down `like GnuTLS`. */
function headline(recognition: Recognition, look: Look): string {
  if (FAMILY_RUNGS.has(recognition.rung)) return programText(recognition);
  const clients = clientsOf(recognition.candidates);
  const more = clients.length > NAMES ? ` … +${clients.length - NAMES}` : '';
  const family = recognition.family === null ? '' : ` · ${recognition.family}`;
  return look.escape(`${clients.slice(0, NAMES).join(', ')}${more}${family}`);
}

const RARELY = 'from lists made of web traffic (kind http) alone, which rarely match mail clients';
