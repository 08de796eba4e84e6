import { SensorError } from '../../errors.js';
import type { Timestamp } from '../../model/index.js';
import { MAX_HEAD } from './limits.js';
import type { StampReader } from './timestamp.js';

/** A line of a login process: when, which protocol, and what it says. */
export interface Head {
  readonly time: Timestamp;
  /** `imap`, `pop3`, `submission`, `managesieve`. */
  readonly protocol: string;
  readonly message: string;
}

/** Every login process is named like that: imap-login, pop3-login. */
const PROCESS = '-login: ';

// What may stand between the timestamp and the name of the process. Nothing in Dovecot's own file; host and program in syslog (RFC 3164 section 4.1) and in
// journalctl's lines; host, app, procid, msgid and structured data in RFC 5424 section 6. Strict, because other programs of the same syslog, and other
// processes of Dovecot (`auth: Info: …`), quote strangers.
const BEFORE_PROCESS = /^ (?:\S*[^\s:] \S+: )?([a-z0-9_]+)$/;
const BEFORE_PROCESS_5424 = /^ \S+ \S+ \S+ \S+ (?:-|\[.*\]) +\ufeff? *([a-z0-9_]+)$/;
// The priority of syslog as some daemons write it, with the version of RFC 5424; and the name docker compose puts before the lines of a container.
const BEFORE_STAMP = /^(?:[\w.-]+ +\| )?(?:<\d{1,3}>(1 )?)?/;

/**
 * Reads where a line comes from.
 *
 * @returns null where it is none of a login process
 * @throws SensorError `log_timestamp` where the time is of no known form, `log_json`
 */
export function readHead(line: string, stamps: StampReader): Head | null {
  if (line.charCodeAt(0) === 0x7b) return readJson(line);
  const end = line.indexOf(PROCESS);
  if (end < 0 || end > MAX_HEAD) return null;
  const before = BEFORE_STAMP.exec(line)!;
  const start = before[0].length;
  const stamp = stamps.read(line.slice(start, end));
  if (stamp === null) {
    // A login line whose time cannot be told, rather than a line of another program
    if (!/^(?:.{0,64}[\s\]:])?(?:imap|pop3|submission|managesieve)$/.test(line.slice(start, end))) return null;
    if (
      !/^(?:[A-Z][a-z]+: )?(?:Logged in|Login|Login aborted|Disconnected|Aborted login)\b/.test(
        line.slice(end + PROCESS.length),
      )
    ) {
      return null;
    }
    throw new SensorError('log_timestamp', 'timestamp', start, 'the line begins with no timestamp of a known form');
  }
  const rest = line.slice(start + stamp.length, end);
  const match = (before[1] === undefined ? BEFORE_PROCESS : BEFORE_PROCESS_5424).exec(rest);
  if (match === null) return null;
  return { time: stamp.time, protocol: match[1]!, message: line.slice(end + PROCESS.length) };
}

/** journalctl -o json: one object a line (systemd's Journal JSON Format). */
function readJson(line: string): Head | null {
  // Nearly every line of a journal is somebody else's. Messages that are no text come as an array of bytes.
  if (!line.includes(PROCESS) && !line.includes('"MESSAGE":[')) return null;
  let entry: unknown;
  try {
    entry = JSON.parse(line);
  } catch {
    throw new SensorError('log_json', 'object', 0, 'the line begins like JSON and is none');
  }
  const { MESSAGE, _SOURCE_REALTIME_TIMESTAMP, __REALTIME_TIMESTAMP } = entry as Record<string, unknown>;
  const message = typeof MESSAGE === 'string' ? MESSAGE : bytesText(MESSAGE);
  const match = message === null ? null : /^([a-z0-9_]+)-login: /.exec(message);
  if (message === null || match === null) return null;
  // The first is when the program said it, the second when it arrived: the lines of journalctl have the first.
  const microseconds = [_SOURCE_REALTIME_TIMESTAMP, __REALTIME_TIMESTAMP].find(
    (value): value is string => typeof value === 'string' && /^\d{7,17}$/.test(value),
  );
  if (microseconds === undefined) {
    throw new SensorError('log_timestamp', '__REALTIME_TIMESTAMP', 0, 'the journal entry has no time');
  }
  const time: Timestamp = {
    seconds: Number(microseconds.slice(0, -6)),
    nanoseconds: Number(microseconds.slice(-6)) * 1000,
    digits: 6,
  };
  return { time, protocol: match[1]!, message: message.slice(match[0].length) };
}

function bytesText(value: unknown): string | null {
  if (!Array.isArray(value) || !value.every((byte) => Number.isInteger(byte) && byte >= 0 && byte <= 255)) return null;
  return Buffer.from(value as number[]).toString('utf8');
}
