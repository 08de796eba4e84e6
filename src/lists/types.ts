import type { LabelRow, ObservationRow } from '../model/index.js';

/** The formats that can be read. `ja3-sensor-…` are our own. */
export type ImportFormatName =
  | 'salesforce-csv'
  | 'sslbl-csv'
  | 'foxio-csv'
  | 'joy-tsv'
  | 'trisul-json'
  | 'cisco-json'
  | 'ja4db-json'
  | 'ja3-sensor-labels-csv'
  | 'ja3-sensor-labels-ndjson'
  | 'ja3-sensor-fingerprints-ndjson'
  | 'ja3-sensor-rows-ndjson'
  | 'zeek-tsv'
  | 'zeek-json'
  | 'suricata-eve';

export interface ImportFormat {
  readonly name: ImportFormatName;
  /** For people: `salesforce/ja3 list (CSV)`. */
  readonly title: string;
  readonly gives: 'labels' | 'observations';
}

/** What was done to a row that is not quite as it should be, and could be kept. */
export type Repair =
  /** The string had separators too many at its ends: without them it has the hash that stands beside it. */
  | 'string_trimmed'
  /** The string has another hash than the one beside it: the hash was kept alone. */
  | 'string_dropped';

export interface ImportedLabel {
  readonly type: 'label';
  /** Where the row begins, from 1. */
  readonly line: number;
  readonly label: LabelRow;
  readonly repair: Repair | null;
}

export interface ImportedObservation {
  readonly type: 'observation';
  readonly line: number;
  readonly observation: ObservationRow;
  readonly repair: Repair | null;
}

/** A row that could not be used. The import goes on with the next one. */
export interface RejectedRow {
  readonly type: 'rejected';
  readonly line: number;
  /** One of docs/errors.md, "Rows of lists". */
  readonly code: string;
  /** The column or key that is wrong. */
  readonly field: string;
  /** What is wrong with it. May quote the row, as it is: escape before printing. */
  readonly message: string;
}

export type ImportedRow = ImportedLabel | ImportedObservation | RejectedRow;

/** A list being read. */
export interface Import {
  readonly format: ImportFormat;
  /** Can be gone through once. Throws a SensorError where the list as a whole cannot be read on. */
  readonly rows: Iterable<ImportedRow>;
  /** Rows so far that are not about TLS clients, or have no fingerprint: other events of a log, other methods of a list. */
  readonly passedOver: number;
}

/** The same, from bytes that come in their own time. */
export interface ImportStream {
  readonly format: ImportFormat;
  readonly rows: AsyncIterable<ImportedRow>;
  readonly passedOver: number;
}
