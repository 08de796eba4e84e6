import type { CaptureStats } from '../observe/index.js';
import { linkTypeName } from './link-type-names.js';

/** `1,234,567`. Not toLocaleString: it loads the language data of ICU, which takes longer than reading a small capture. */
const grouped = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',');

const plural = (count: number, one: string, many = `${one}s`): string =>
  `${grouped(count)} ${count === 1 ? one : many}`;

const listed = (counts: Readonly<Record<string, number>>, nameOf = (name: string): string => name): string =>
  Object.entries(counts)
    .sort((a, b) => b[1] - a[1])
    .map(([name, count]) => `${nameOf(name)} ${grouped(count)}`)
    .join(', ');

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);

/** What was seen, in words, so that an empty result is never unexplained. One line, without its newline. */
export function closingLine(stats: CaptureStats): string {
  const parts = [
    plural(stats.packets, 'packet'),
    plural(stats.connections, 'TCP connection'),
    plural(stats.tls_connections, 'with TLS', 'with TLS'),
    plural(stats.hellos, 'hello'),
  ];
  if (stats.repeats > 0) parts.push(plural(stats.repeats, 'repeat'));
  const notes: string[] = [];
  if (sum(stats.rejected) > 0) notes.push(`rejected ${grouped(sum(stats.rejected))}: ${listed(stats.rejected)}`);
  if (stats.cut_by_snaplen > 0) notes.push(`${plural(stats.cut_by_snaplen, 'packet')} cut by the snap length`);
  if (sum(stats.limits) > 0) notes.push(`limits hit: ${listed(stats.limits)}`);
  if (sum(stats.link_types_not_understood) > 0) {
    notes.push(`link types not understood: ${listed(stats.link_types_not_understood, linkTypeName)}`);
  }
  return [parts.join(', '), ...notes].join('; ');
}
