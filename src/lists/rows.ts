import { SensorError } from '../errors.js';
import type { LabelRow, ObservationRow } from '../model/index.js';
import type { Line } from './lines.js';
import type { ImportedRow, ImportFormat, Repair } from './types.js';

/** Where a format puts what it reads. */
export class Rows {
  #rows: ImportedRow[] = [];
  passedOver = 0;

  /** What has come since it was last taken. */
  take(): ImportedRow[] {
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }

  label(line: number, label: LabelRow, repair: Repair | null = null): void {
    this.#rows.push({ type: 'label', line, label, repair });
  }

  observation(line: number, observation: ObservationRow, repair: Repair | null = null): void {
    this.#rows.push({ type: 'observation', line, observation, repair });
  }

  reject(line: number, error: SensorError): void {
    this.#rows.push({ type: 'rejected', line, code: error.code, field: error.field, message: error.message });
  }

  /** Runs what reads one row: a SensorError it throws rejects the row, and none of its labels are kept. */
  attempt(line: number, read: () => void): void {
    const before = this.#rows.length;
    try {
      read();
    } catch (error) {
      if (!(error instanceof SensorError)) throw error;
      this.#rows.length = before;
      this.reject(line, error);
    }
  }
}

/** What is given to labels that have no source or licence of their own. */
export interface Provenance {
  readonly source?: string;
  readonly licence?: string;
}

/** Reads the lines of one format. */
export interface LineReader {
  line(line: Line): void;
  /** @throws SensorError `list_cut` */
  end(): void;
}

export type JsonObject = Readonly<Record<string, unknown>>;

/** Reads one object. May throw a SensorError, which rejects it. */
export type ReadObject = (object: JsonObject, line: number) => void;

/** A format: how it is recognised, and how it is read. One more is a file and a row in formats/index.ts. */
export type ListFormat = LineFormat | JsonFormat;

export interface LineFormat extends ImportFormat {
  readonly reads: 'lines';
  /** Whether a line is one that only this format has. */
  recognise(line: string): boolean;
  open(rows: Rows, provenance: Provenance): LineReader;
}

/** Formats of JSON are read the same way whether their objects stand one a line or in an array. */
export interface JsonFormat extends ImportFormat {
  readonly reads: 'objects';
  recognise(object: JsonObject): boolean;
  open(rows: Rows, provenance: Provenance): ReadObject;
}

/** A row that cannot be used. Thrown while it is read, caught by {@link Rows.attempt}. */
export function badLine({ wrong }: Pick<Line, 'wrong'>): SensorError {
  return wrong === 'line_too_long'
    ? new SensorError('line_too_long', 'line', 0, 'is longer than a line may be')
    : new SensorError('not_utf8', 'line', 0, 'is no UTF-8');
}
