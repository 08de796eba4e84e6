import type { LabelRow } from '../../../model/index.js';
import { type Column, escapeText } from '../../../report/index.js';
import type { Json } from './answer.js';

/** A label with everything that is known of where it comes from. */
export function labelJson(label: LabelRow): { readonly [key: string]: Json } {
  const { client, version, tlsLibrary, kind, view, hash, string, weight, quality } = label;
  const { source, sourceRow, licence, captured } = label;
  return {
    client,
    version,
    tls_library: tlsLibrary,
    kind,
    view,
    hash,
    string,
    weight,
    quality,
    source,
    source_row: sourceRow,
    licence,
    captured,
  };
}

/** Columns that fit into 80 with a short one before them. */
export const LABEL_COLUMNS: readonly Column[] = [
  { head: 'CLIENT', usual: 12, least: 10, bold: true },
  { head: 'VERSION', least: 7 },
  { head: 'TLS LIBRARY', least: 8 },
  { head: 'KIND', least: 6 },
  { head: 'VIEW', usual: 7 },
  { head: 'FROM', least: 18 },
];

export function labelCells(label: LabelRow): string[] {
  const { client, version, tlsLibrary, kind, view } = label;
  return [client, version || '-', tlsLibrary || '-', kind, view, provenance(label)].map(escapeText);
}

/** `debian12-mail-clients:14, measured 2026-11, Apache-2.0`. */
function provenance({ source, sourceRow, quality, captured, licence }: LabelRow): string {
  const made = `${quality}${captured === null ? '' : ` ${captured}`}`;
  return `${source}:${sourceRow}, ${made}, ${licence}`;
}
