import { formatEndpoint } from '../../endpoint.js';
import type { Observation } from '../../model/index.js';
import { type Column, grid } from '../columns.js';
import { escapeText } from '../escape.js';
import type { LabelsOf } from '../fields.js';
import type { ReportOptions, ReportWriter } from '../format.js';
import { cellText, labelsText } from '../text.js';
import { formatTableTime } from '../timestamp.js';

interface TableColumn extends Column {
  readonly cell: (observation: Observation, labelsOf: LabelsOf) => string;
}

/** On a terminal narrower than this the date and the second hash are left out. */
const NARROW = 110;

/** And below this the server name: on most servers it says the same in every row. */
const WITHOUT_SNI = 140;

/** Client names written out. Fewer on a narrow terminal: how many there are, their library and how they were found tell more than a third name. */
const namesFor = (width = Number.POSITIVE_INFINITY): number => (width < 150 ? 1 : width < 160 ? 2 : 3);

const hash = { least: 9, usual: 32, wholeOrLeast: true } as const;

/** What an administrator looks for first, from left to right: when, from where, to which service, with which program. */
function ownColumns(options: ReportOptions): TableColumn[] {
  const { width } = options;
  const narrow = width !== undefined && width < NARROW;
  const names = namesFor(width);
  const time: TableColumn = narrow
    ? { head: 'UTC', usual: 8, cell: (o) => formatTableTime(o.timestamp).slice(11) }
    : { head: 'TIME (UTC)', usual: 19, cell: (o) => formatTableTime(o.timestamp) };
  const sslJa3: TableColumn = { head: 'SSL_JA3', ...hash, cell: (o) => o.fingerprint.sslJa3.hash };
  const ja3s: TableColumn = { head: 'JA3S', ...hash, cell: (o) => o.server?.ja3s.hash ?? '-' };
  const sni: TableColumn = {
    head: 'SNI',
    least: 10,
    cell: (o) => (o.hello.serverName === null ? '-' : escapeText(o.hello.serverName)),
  };
  return [
    time,
    { head: 'FROM', least: 15, usual: narrow ? 13 : 15, cell: (o) => (o.proxiedSrc ?? o.src).ip },
    {
      head: 'TO',
      least: 17,
      usual: narrow ? 17 : 22,
      cell: (o) => `${formatEndpoint(o.dst)}${o.starttls === null ? '' : ` ${o.starttls}`}`,
    },
    {
      head: 'PROGRAM',
      least: 14,
      usual: narrow ? 14 : 24,
      bold: true,
      cell: (o, labelsOf) => labelsText(labelsOf(o), names) || '-',
    },
    { head: 'JA3', ...hash, cell: (o) => o.fingerprint.ja3.hash },
    ...(narrow ? [] : [sslJa3]),
    ...(options.server ? [ja3s] : []),
    ...(width !== undefined && width < WITHOUT_SNI ? [] : [sni]),
  ];
}

/** Lines with columns, for people. With chosen fields these are the columns. */
export function tableWriter(options: ReportOptions): ReportWriter {
  const { labelsOf, fields } = options;
  const columns =
    fields?.map(
      (field): TableColumn => ({
        head: field.name.toUpperCase(),
        cell: (observation) => cellText(field, observation, labelsOf),
      }),
    ) ?? ownColumns(options);
  const lines = grid(columns, options.width, options.paint);
  let headed = false;
  return {
    begin: () => '',
    rows: (observations, print) => {
      if (observations.length === 0) return;
      const body = lines.lines(observations.map((o) => columns.map((column) => column.cell(o, labelsOf))));
      // The header comes with the first row, when the widths are known: nothing found, nothing printed.
      const head = headed ? '' : lines.head();
      headed = true;
      print(head + body);
    },
    end: () => '',
  };
}
