/** Lists of labels and of observations: import and export. */
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
