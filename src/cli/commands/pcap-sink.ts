import type { Observation } from '../../model/index.js';
import { formats, type LabelsOf, type Print, Summary, summaryFormats } from '../../report/index.js';
import { terminalPaint, terminalWidth } from '../terminal.js';
import type { PcapOptions } from './pcap-options.js';

/** Where the observations of all files go, and the text that comes of them. */
export interface Sink {
  begin(): string;
  take(batch: readonly Observation[], print: Print): void;
  /** Rows of a further file follow that were made elsewhere: what has to stand before them. */
  adopt(): string;
  end(): Promise<string>;
}

export async function sinkFor(options: PcapOptions, labelsOf: LabelsOf): Promise<Sink> {
  const width = terminalWidth();
  const paint = await terminalPaint();
  const look = { ...(width === undefined ? {} : { width }), ...(paint === undefined ? {} : { paint }) };
  if (options.summary) {
    const summary = new Summary(labelsOf);
    const print = summaryFormats.get(options.format)!;
    return {
      begin: () => '',
      take: (batch) => {
        for (const observation of batch) summary.add(observation);
      },
      adopt: () => '',
      end: () => print(summary.groups(), look),
    };
  }
  const create = await formats.get(options.format)!.load();
  const { fields, server } = options;
  const writer = create({ labelsOf, server, ...(fields === null ? {} : { fields }), ...look });
  return {
    begin: () => writer.begin(),
    take: (batch, print) => writer.rows(batch, print),
    adopt: () => writer.adopt?.() ?? '',
    end: async () => writer.end(),
  };
}

/** Rows that need nothing of one another, and of which nothing but their text is wanted, may be made by the thread that found them. */
export function rowsMadeApart({ format, record, summary }: PcapOptions): boolean {
  return !record && !summary && formats.get(format)!.apart;
}

/** Some formats have no place for labels, and a chosen list may do without them: then none are loaded. */
export function needsLabels({ format, fields, summary }: PcapOptions): boolean {
  if (summary) return true;
  if (!formats.get(format)!.choosable) return false;
  return fields === null || fields.some((field) => field.name === 'labels');
}
