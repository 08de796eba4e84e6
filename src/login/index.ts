/** Login lines of Dovecot. Pure: bytes and lines come in, logins come out. */
export { MAX_LINE_BYTES } from './read/limits.js';
export { LineReader, type LogLine, type LogOptions, LogReader } from './read/reader.js';
export type { Clock } from './read/timestamp.js';
