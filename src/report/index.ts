/** Observations as text: rows, formats, summaries. Pure: nothing here reads or writes a file. */
export type { Column } from './columns.js';
export { escapeText, jsonText } from './escape.js';
export { type Field, type FieldValue, fieldsByName, type LabelsOf } from './fields.js';
export type { Format, Paint, Print, ReportOptions, ReportWriter } from './format.js';
export { formats } from './formats/index.js';
export { type LoginLook, type LoginWriter, loginFormats } from './logins/formats.js';
export { programText } from './logins/program.js';
export type { LoginRow } from './logins/row.js';
export { type LoginGroup, LoginSummary } from './logins/summary.js';
export { loginSummaryFormats } from './logins/summary-formats.js';
export { Summary, type SummaryGroup, type Tally } from './summary.js';
export { summaryFormats } from './summary-formats.js';
export { type TableLook, tableText } from './table-text.js';
export { formatTableTime, formatTimestamp } from './timestamp.js';
