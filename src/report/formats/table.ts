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
const NARROW = 120;

/** What an administrator looks for first, from left to right: when, from where, to which service, with which program. */
function ownColumns(options: ReportOptions): TableColumn[] {
  const narrow = options.width !== undefined && options.width < NARROW;
  return [
    { head: 'TIME (UTC)', cell: (o) => formatTableTime(o.timestamp).slice(narrow ? 11 : 0) },
    { head: 'FROM', cell: (o) => (o.proxiedSrc ?? o.src).ip },
    { head: 'TO', cell: (o) => `${formatEndpoint(o.dst)}${o.starttls === null ? '' : ` ${o.starttls}`}` },
    { head: 'PROGRAM', least: 20, bold: true, cell: (o, labelsOf) => labelsText(labelsOf(o)) || '-' },
    { head: 'JA3', least: 9, cell: (o) => o.fingerprint.ja3.hash },
    ...(narrow ? [] : [{ head: 'SSL_JA3', least: 9, cell: (o: Observation) => o.fingerprint.sslJa3.hash }]),
    ...(options.server ? [{ head: 'JA3S', least: 9, cell: (o: Observation) => o.server?.ja3s.hash ?? '-' }] : []),
    { head: 'SNI', least: 8, cell: (o) => (o.hello.serverName === null ? '-' : escapeText(o.hello.serverName)) },
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
    rows: (observations) => {
      if (observations.length === 0) return '';
      const body = lines.lines(observations.map((o) => columns.map((column) => column.cell(o, labelsOf))));
      // The header comes with the first row, when the widths are known: nothing found, nothing printed.
      const head = headed ? '' : lines.head();
      headed = true;
      return head + body;
    },
    end: () => '',
  };
}
