/** Login lines. Read: Dovecot's and our own; pure, bytes and lines come in, logins come out. Written: our own, and notices for the operator. */

export { defaultFormats, type LoginTextOptions, openLoginText } from './format/login-text.js';
export { keyedNames } from './format/privacy.js';
export type { Privacy } from './format/record.js';
export type { Suggest } from './format/reference.js';
export { compileFormat, type FormatOptions, type LineStyle, type LineTemplate } from './format/template.js';
export { MAX_LINE_BYTES } from './read/limits.js';
export { LineReader, type LogLine, type LogOptions, LogReader } from './read/reader.js';
export type { Clock } from './read/timestamp.js';
export type { TextTarget } from './targets/text-target.js';
export { cleanLogin } from './write/clean.js';
export { clientName } from './write/client-name.js';
export { type LoginLines, type LoginLogOptions, openLoginLog } from './write/login-log.js';
export { type NoticeLines, type NoticeOptions, openNotices } from './write/notices.js';
export type { LineTarget, OnRecovered } from './write/sink.js';
