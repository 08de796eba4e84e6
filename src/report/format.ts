import type { Observation } from '../model/index.js';
import type { Field, LabelsOf } from './fields.js';

/** How a terminal sets words apart. Without one nothing is set apart. */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
}

export interface ReportOptions {
  readonly labelsOf: LabelsOf;
  /** The keys to print, in this order; absent: the format's own choice. */
  readonly fields?: readonly Field[];
  /** ServerHellos were waited for: ja3s belongs to the row. */
  readonly server: boolean;
  /** Columns of the terminal; absent: as wide as need be. */
  readonly width?: number;
  readonly paint?: Paint;
}

/** Takes text as it is made, or its UTF-8 bytes; these are copied before it returns. */
export type Print = (text: string | Uint8Array) => void;

/** Turns observations into text. Pure, and it never holds a row back. */
export interface ReportWriter {
  /** What comes before the first row. */
  begin(): string;
  rows(observations: readonly Observation[], print: Print): void;
  /** Rows that another writer made follow: what has to stand before them. Absent where nothing ever does. */
  adopt?(): string;
  /** What comes after the last row; also after none, and after an interruption. */
  end(): string;
}

/** A row of the registry. */
export interface Format {
  readonly name: string;
  /** Whether the keys can be chosen; the others are somebody else's format. */
  readonly choosable: boolean;
  /** Whether rows may be made apart, by several writers at once: a row looks the same whichever rows stand before it. */
  readonly apart: boolean;
  /** Loads the code of this format (and its package) only. */
  readonly load: () => Promise<(options: ReportOptions) => ReportWriter>;
}
