/** Login lines. Read: Dovecot's and our own; pure, bytes and lines come in, logins come out. Written: our own, and notices for the operator. */
export { MAX_LINE_BYTES } from './read/limits.js';
export { LineReader, type LogLine, type LogOptions, LogReader } from './read/reader.js';
export type { Clock } from './read/timestamp.js';
export { cleanLogin } from './write/clean.js';
export { clientName } from './write/client-name.js';
export { type LoginLines, type LoginLogOptions, openLoginLog } from './write/login-log.js';
export { type NoticeLines, type NoticeOptions, openNotices } from './write/notices.js';
export type { LineTarget, OnRecovered } from './write/sink.js';
