/** Lists of labels, read from files. */
export { parseLabelFile, readLabelFolder } from './label-file.js';
