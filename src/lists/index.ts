/** Lists of labels and of observations: import and export. */
export {
  fingerprintsToNdjson,
  LEAST_SOURCES,
  type SeenOn,
  type SharedFingerprint,
  type ShareOptions,
} from './export/fingerprints.js';
export { labelsToCsv, labelsToNdjson, labelsToSalesforceCsv } from './export/labels.js';
export { FORMATS, Importer, type ImportOptions } from './importer.js';
export { parseLabelFile, readLabelFolder } from './label-file.js';
export { type ListSource, openImport, openImportStream } from './open-import.js';
export type {
  Import,
  ImportedLabel,
  ImportedObservation,
  ImportedRow,
  ImportFormat,
  ImportFormatName,
  ImportStream,
  RejectedRow,
  Repair,
} from './types.js';
