/** Lists of labels and of observations: import and export. */
export { parseLabelFile, readLabelFolder } from './label-file.js';
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
