import type { Timestamp } from '../../model/index.js';
import type { Column } from '../columns.js';
import { formatTableTime, formatTimestamp } from '../timestamp.js';
import type { LoginLook } from './formats.js';
import { programText, recognitionJson } from './program.js';
import type { Distinct, LoginGroup } from './summary.js';

const timeJson = (time: Timestamp): string => {
  const text = formatTimestamp(time);
  return text === null ? 'null' : `"${text}"`;
};

function groupJson({ fingerprint, others, recognition, outcomes, users, addresses, first, last }: LoginGroup): string {
  return (
    `{"fingerprint":${fingerprint === null ? 'null' : `"${fingerprint}"`},"others":${others},` +
    `"succeeded":${outcomes.succeeded},"failed":${outcomes.failed},"refused":${outcomes.refused},"none":${outcomes.none},` +
    `"users":${users.count},"users_more":${users.more},"addresses":${addresses.count},"addresses_more":${addresses.more},` +
    `"first":${timeJson(first)},"last":${timeJson(last)},${recognitionJson(recognition)}}`
  );
}

const countText = ({ count, more }: Distinct): string => `${count}${more ? '+' : ''}`;

const name = ({ fingerprint, others }: LoginGroup): string => fingerprint ?? (others ? 'others' : 'no fingerprint');

const COLUMNS: readonly Column[] = [
  { head: 'PROGRAM', least: 20, bold: true },
  { head: 'LOGINS' },
  { head: 'FAILED' },
  { head: 'REFUSED' },
  { head: 'NO TRY' },
  { head: 'USERS' },
  { head: 'ADDRESSES' },
  { head: 'FINGERPRINT', least: 9, wholeOrLeast: true },
  { head: 'FIRST (UTC)' },
  { head: 'LAST (UTC)' },
];

/** On a terminal narrower than this the last two columns are left out. */
const NARROW = 130;

async function table(groups: readonly LoginGroup[], { width, paint }: LoginLook): Promise<string> {
  if (groups.length === 0) return '';
  const { grid } = await import('../columns.js');
  const count = width !== undefined && width < NARROW ? COLUMNS.length - 2 : COLUMNS.length;
  const lines = grid(COLUMNS.slice(0, count), width, paint);
  const body = lines.lines(
    groups.map((group) => [programText(group.recognition) || '-', ...cells(group)].slice(0, count)),
  );
  return lines.head() + body;
}

const cells = (group: LoginGroup): string[] => [
  String(group.outcomes.succeeded),
  String(group.outcomes.failed),
  String(group.outcomes.refused),
  String(group.outcomes.none),
  countText(group.users),
  countText(group.addresses),
  name(group),
  formatTableTime(group.first),
  formatTableTime(group.last),
];

async function csv(groups: readonly LoginGroup[]): Promise<string> {
  const { csvLines } = await import('../formats/csv.js');
  return csvLines([
    ['program', 'succeeded', 'failed', 'refused', 'none', 'users', 'addresses', 'fingerprint', 'first', 'last'],
    ...groups.map((group) => [
      programText(group.recognition),
      ...cells(group).slice(0, -2),
      formatTimestamp(group.first) ?? '',
      formatTimestamp(group.last) ?? '',
    ]),
  ]);
}

/** The formats of a summary of logins, by name. */
export const loginSummaryFormats: ReadonlyMap<
  string,
  (groups: readonly LoginGroup[], look: LoginLook) => Promise<string>
> = new Map([
  ['table', table],
  ['ndjson', async (groups) => groups.map((group) => `${groupJson(group)}\n`).join('')],
  ['json', async (groups) => (groups.length === 0 ? '[]\n' : `[\n${groups.map(groupJson).join(',\n')}\n]\n`)],
  ['csv', csv],
]);
