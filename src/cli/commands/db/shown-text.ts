import { differencesText, entry, type Look, listsText } from '../../../explain/index.js';
import type { LabelRow } from '../../../model/index.js';
import type { Neighbour } from '../../../recognize/index.js';
import type { FingerprintDetail } from '../../../store/index.js';
import type { Json } from './answer.js';
import { LABEL_COLUMNS, labelCells, labelJson } from './labels-text.js';
import { isMailPort } from './mail-ports.js';
import { portsJson, portsTable, seenJson, seenText } from './seen.js';
import type { Shown } from './shown.js';
import { counted, HASH, isoTime, tableOf } from './text.js';
import { valuesOf, viewsJson } from './views.js';
import { differenceJson, recognitionMembers, recognitionText } from './who.js';

/** Server names written out. */
const NAMES = 10;

function onMailPort({ detail }: Shown): boolean {
  return detail?.ports.some(({ port }) => isMailPort(port)) ?? false;
}

export function shownJson(shown: Shown): Json {
  const { detail, views, lists, labels, recognition, neighbours } = shown;
  const { version, cipherSuites, extensions, supportedGroups, ecPointFormats } = lists ?? {};
  const named = (values: readonly { readonly value: number; readonly name: string }[] = []): Json =>
    values.map(({ value, name }) => ({ value, name }));
  return {
    id: detail?.id ?? null,
    ...viewsJson(views),
    contents:
      version === undefined
        ? null
        : {
            version: { value: version.value, name: version.name },
            cipher_suites: named(cipherSuites),
            extensions: named(extensions),
            supported_groups: named(supportedGroups),
            ec_point_formats: named(ecPointFormats),
          },
    seen: detail === null ? null : detailJson(detail),
    labels: labels.map(labelJson),
    recognition: recognitionMembers(recognition, onMailPort(shown)),
    neighbours: neighbours.map(({ view, hash, string, score, labels: theirs, difference }) => ({
      view,
      hash,
      string,
      score: Math.round(score * 1e4) / 1e4,
      labels: theirs.map(labelJson),
      difference: differenceJson(difference),
    })),
  };
}

function detailJson(detail: FingerprintDetail): Json {
  return {
    whole: detail.whole,
    ...seenJson(detail),
    ports: portsJson(detail.ports),
    server_names: detail.serverNames.map(({ serverName, hellos, firstSeen, lastSeen }) => ({
      server_name: serverName,
      hellos,
      first_seen: isoTime(firstSeen),
      last_seen: isoTime(lastSeen),
    })),
    sources: { ...detail.sources },
    outcomes: { ...detail.outcomes },
    fits: detail.fits,
    parts: detail.parts,
  };
}

export async function shownText(shown: Shown, look: Look): Promise<string> {
  const { detail, lists, recognition, neighbours } = shown;
  const head = detail === null ? 'Known by its labels, never seen' : `Fingerprint ${detail.id}`;
  const sections = [
    `${look.bold(head)}\n${viewLines(shown, look)}`,
    detail === null ? '' : await seenSection(detail, look),
    await recognitionText(recognition, onMailPort(shown), look),
    await labelSection(shown, look),
    lists === null ? '' : listsText(lists, look),
    neighbours.length === 0 ? '' : neighbourSection(neighbours, look),
  ];
  return sections.filter((section) => section !== '').join('\n');
}

/** Each value once, under all its names. */
function viewLines({ views }: Shown, look: Look): string {
  const names = new Map<string, string[]>();
  const all = valuesOf(views);
  for (const [name, { hash }] of all) names.set(hash, [...(names.get(hash) ?? []), name]);
  const width = Math.max(...Array.from(names.values(), (own) => own.join(', ').length));
  return [...names]
    .map(([hash, own]) => {
      const string = all.find(([, value]) => value.hash === hash && value.string !== null)?.[1].string;
      return `${entry(own.join(', '), width, hash, look)}${string == null ? '' : entry('', width, string, look)}`;
    })
    .join('');
}

async function seenSection(detail: FingerprintDetail, look: Look): Promise<string> {
  const { sources, outcomes, serverNames, fits, parts } = detail;
  const names = serverNames.slice(0, NAMES).map((each) => `${look.escape(each.serverName)} (${each.hellos})`);
  const logins = Object.entries(outcomes)
    .filter(([, count]) => count > 0)
    .map(([outcome, count]) => `${count} ${outcome === 'none' ? 'without a try' : outcome}`);
  const line = (label: string, text: string): string => (text === '' ? '' : entry(label, 12, text, look));
  const more = serverNames.length > NAMES ? `, … (${counted(serverNames.length, 'name')})` : '';
  const latest = `${counted(sources.distinct, 'address', 'addresses')} among the latest ${counted(sources.among, 'observation')}`;
  return [
    `${look.bold('Seen')}: ${seenText(detail)}\n`,
    line('from', sources.among === 0 ? '' : latest),
    line('logins', logins.join(', ')),
    line('server names', names.length === 0 ? '' : `${names.join(', ')}${more}`),
    line('known from', detail.whole ? '' : 'logs alone'),
    line('may be', fits.join(', ')),
    line('from logs', parts.length === 0 ? '' : `fingerprint ${parts.join(', ')} among it`),
    '\n',
    await portsTable(detail.ports),
  ].join('');
}

/** Those the recognition has not named: of another view, or never matched. */
async function labelSection({ labels, recognition }: Shown, look: Look): Promise<string> {
  const key = ({ client, version, tlsLibrary, source, quality }: LabelRow): string =>
    JSON.stringify([client, version, tlsLibrary, source, quality]);
  const named = new Set(recognition.candidates.map(({ label }) => key(label)));
  const others = labels.filter((label) => !named.has(key(label)));
  if (others.length === 0) return '';
  return `${look.bold('Other labels under its values')}\n${await tableOf(
    [...LABEL_COLUMNS, { head: 'VALUE', ...HASH }],
    others.map((label) => [...labelCells(label), label.hash]),
  )}`;
}

function neighbourSection(neighbours: readonly Neighbour[], look: Look): string {
  const texts = neighbours.map(({ score, view, hash, labels, difference }) => {
    const clients = [...new Set(labels.map(({ client }) => client))];
    const names = `${clients.slice(0, 4).join(', ')}${clients.length > 4 ? `, … +${clients.length - 4}` : ''}`;
    const same = difference === null ? entry('differs', 7, 'in nothing that can be compared', look) : '';
    return `  ${score.toFixed(2)}  ${look.escape(names)}, ${view} ${hash}\n${difference === null ? same : differencesText(difference, look)}`;
  });
  return `${look.bold('Nearest')}\n${texts.join('')}`;
}
