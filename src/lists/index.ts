/** Lists of labels, read from files. */
export { type LabelRow, parseLabelFile, readLabelFolder } from './label-file.js';
