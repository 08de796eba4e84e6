import type { Column } from './columns.js';
import { escapeText, jsonText } from './escape.js';
import { labelsJson } from './fields.js';
import type { Paint } from './format.js';
import type { SummaryGroup, Tally } from './summary.js';
import { labelsText, labelTexts } from './text.js';
import { formatTableTime, formatTimestamp } from './timestamp.js';

const timeJson = (timestamp: SummaryGroup['first']): string => {
  const text = formatTimestamp(timestamp);
  return text === null ? 'null' : `"${text}"`;
};

const valueJson = (value: string | number | null): string =>
  typeof value === 'string' ? jsonText(value) : String(value);

// Pairs in an array rather than an object keyed by what came from the wire: order is kept and no name is special.
function tallyJson(key: string, tally: Tally<string | number | null>): string {
  return `[${tally.values.map(([value, count]) => `{"${key}":${valueJson(value)},"count":${count}}`).join(',')}]`;
}

function groupJson(group: SummaryGroup): string {
  const ja3 =
    group.ja3 === null ? '"ja3_hash":null,"ja3":null' : `"ja3_hash":"${group.ja3.hash}","ja3":"${group.ja3.string}"`;
  return (
    `{${ja3},"count":${group.count},"first":${timeJson(group.first)},"last":${timeJson(group.last)},"labels":${labelsJson(group.labels)},` +
    `"ports":${tallyJson('port', group.ports)},"ports_more":${group.ports.more},` +
    `"starttls":${tallyJson('starttls', group.starttls)},` +
    `"sni":${tallyJson('sni', group.sni)},"sni_more":${group.sni.more}}`
  );
}

/** `993 (12), 143 (3) … +5`: values in words, the count where there is more than one value. */
function tallyText(tally: Tally<string | number | null>, none: string, shown: number): string {
  const { values } = tally;
  const text = ([value, count]: readonly [string | number | null, number]): string =>
    `${value === null ? none : escapeText(String(value))}${values.length > 1 ? ` (${count})` : ''}`;
  const rest = values.length - shown;
  return `${values.slice(0, shown).map(text).join(', ')}${rest > 0 || tally.more > 0 ? ` … +${Math.max(rest, 0) + tally.more}` : ''}`;
}

/** Values of one kind that a line of the table names. */
const SHOWN = 3;

interface SummaryOptions {
  readonly width?: number;
  readonly paint?: Paint;
}

const cells = (group: SummaryGroup): string[] => [
  String(group.count),
  labelsText(group.labels) || '-',
  group.ja3?.hash ?? 'others',
  tallyText(group.ports, '-', SHOWN),
  tallyText(group.starttls, '-', SHOWN),
  tallyText(group.sni, '-', SHOWN),
  formatTableTime(group.last),
];

/** For a program or a spreadsheet: everything, in the forms that rows have. A lone `-` would be taken for a formula. */
const csvCells = (group: SummaryGroup): string[] => [
  String(group.count),
  labelTexts(group.labels),
  group.ja3?.hash ?? '',
  group.ja3?.string ?? '',
  tallyText(group.ports, '(none)', Number.POSITIVE_INFINITY),
  tallyText(group.starttls, '(none)', Number.POSITIVE_INFINITY),
  tallyText(group.sni, '(none)', Number.POSITIVE_INFINITY),
  formatTimestamp(group.first) ?? '',
  formatTimestamp(group.last) ?? '',
];

const columns: readonly Column[] = [
  { head: 'COUNT' },
  { head: 'PROGRAM', least: 20, bold: true },
  { head: 'JA3', least: 9, wholeOrLeast: true },
  { head: 'PORTS', least: 8 },
  { head: 'STARTTLS', least: 8 },
  { head: 'SNI', least: 10 },
  { head: 'LAST (UTC)' },
];

/** On a terminal narrower than this the last column is left out. */
const NARROW = 110;

async function table(groups: readonly SummaryGroup[], { width, paint }: SummaryOptions): Promise<string> {
  if (groups.length === 0) return '';
  const { grid } = await import('./columns.js');
  const count = width !== undefined && width < NARROW ? columns.length - 1 : columns.length;
  const lines = grid(columns.slice(0, count), width, paint);
  const body = lines.lines(groups.map((group) => cells(group).slice(0, count)));
  return lines.head() + body;
}

async function csv(groups: readonly SummaryGroup[]): Promise<string> {
  const { csvLines } = await import('./formats/csv.js');
  return csvLines([
    ['count', 'labels', 'ja3_hash', 'ja3', 'ports', 'starttls', 'sni', 'first', 'last'],
    ...groups.map(csvCells),
  ]);
}

/** The formats a summary can have, by name: ja3 and eve are about single hellos. */
export const summaryFormats: ReadonlyMap<
  string,
  (groups: readonly SummaryGroup[], options: SummaryOptions) => Promise<string>
> = new Map([
  ['table', table],
  ['ndjson', async (groups) => groups.map((group) => `${groupJson(group)}\n`).join('')],
  ['json', async (groups) => (groups.length === 0 ? '[]\n' : `[\n${groups.map(groupJson).join(',\n')}\n]\n`)],
  ['csv', csv],
]);
