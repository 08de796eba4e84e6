/** Observations as text: rows, formats, summaries. Pure: nothing here reads or writes a file. */
export { escapeText, jsonText } from './escape.js';
export { type Field, type FieldValue, fieldsByName, type LabelsOf } from './fields.js';
export type { Format, Paint, Print, ReportOptions, ReportWriter } from './format.js';
export { formats } from './formats/index.js';
export { Summary, type SummaryGroup, type Tally } from './summary.js';
export { summaryFormats } from './summary-formats.js';
export { offeredVersion } from './tls-version.js';
