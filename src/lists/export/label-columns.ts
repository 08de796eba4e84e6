import type { LabelRow } from '../../model/index.js';
import { VIEW_COLUMNS } from '../label-fields.js';

/** The columns of an exported label, in their order. db/labels/README.md explains them. */
export const COLUMNS = [
  'client',
  'version',
  'tls_library',
  'kind',
  ...VIEW_COLUMNS.flatMap(({ string, hash }) => [string, hash]),
  'weight',
  'quality',
  'source',
  'source_row',
  'licence',
  'captured',
] as const;

/** A label by column. The values of the views it is not known under are not there. */
export function columnsOf(label: LabelRow): Readonly<Record<string, string | number | null>> {
  const { string, hash } = VIEW_COLUMNS.find(({ view }) => view === label.view)!;
  return {
    client: label.client,
    version: label.version,
    tls_library: label.tlsLibrary,
    kind: label.kind,
    [string]: label.string,
    [hash]: label.hash,
    weight: label.weight,
    quality: label.quality,
    source: label.source,
    source_row: label.sourceRow,
    licence: label.licence,
    captured: label.captured,
  };
}
