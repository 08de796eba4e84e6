import { SensorError } from '../../errors.js';
import type { LabelRow, OpenSslGeneration } from '../../model/index.js';
import type { CaptureStats, Rejection } from '../../observe/index.js';
import type { Parcel } from './parcel.js';

/** How a worker makes text of rows. */
export interface TextSettings {
  readonly format: string;
  /** Names of the chosen fields; null: the format's own. */
  readonly fields: readonly string[] | null;
  /** null: no labels are printed. */
  readonly labels: readonly LabelRow[] | null;
}

/** What every file is read with. */
export interface JobSettings {
  readonly openssl: OpenSslGeneration;
  readonly server: boolean;
  /** null: the observations themselves are wanted. */
  readonly text: TextSettings | null;
  readonly rejections: boolean;
  readonly progress: boolean;
}

/** `settings` come first, a file once the one before has ended; `stop` ends the file being read as an interrupt does. */
export type ToWorker =
  | { readonly type: 'settings'; readonly settings: JobSettings }
  | { readonly type: 'read'; readonly file: string; readonly index: number }
  | { readonly type: 'stop' };

/** A SensorError, for which structured cloning has no place. */
export interface ErrorParts {
  readonly code: string;
  readonly field: string;
  readonly offset: number;
  readonly message: string;
}

export type CarriedRejection = Omit<Rejection, 'error'> & { readonly error: ErrorParts };

/** What comes of a file, in the order in which it came about. `bytes` is what it counts until it was dealt with. */
export type FilePart = { readonly bytes: number } & (
  | { readonly type: 'text'; readonly text: Uint8Array }
  | { readonly type: 'observations'; readonly parcel: Parcel }
  | { readonly type: 'rejection'; readonly rejection: CarriedRejection }
  /** The last one. */
  | { readonly type: 'end'; readonly stats: CaptureStats; readonly error: ErrorParts | null }
);

export type FromWorker =
  | FilePart
  /** Never waits for its turn. */
  | { readonly type: 'progress'; readonly read: number; readonly total: number | null };

export function errorParts({ code, field, offset, message }: SensorError): ErrorParts {
  return { code, field, offset, message };
}

export function errorOf({ code, field, offset, message }: ErrorParts): SensorError {
  return new SensorError(code, field, offset, message);
}
