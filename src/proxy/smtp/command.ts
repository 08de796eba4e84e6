import { latin1 } from '../lines.js';
import { MAX_DOMAIN } from './limits.js';

/** A line of the client, taken apart. */
export interface Command {
  /** In capitals. */
  readonly verb: string;
  /** Behind the verb, without the space around it. */
  readonly argument: string;
}

/**
 * RFC 5321 section 4.1.1: a verb, and an argument behind a space. null for what is none, and for control characters anywhere: a bare CR or a NUL could be the
 * end of a command to somebody.
 */
export function parseCommand(line: Uint8Array): Command | null {
  if (line.some((octet) => octet < 0x20 || octet === 0x7f)) return null;
  const parts = /^([A-Za-z]+)(?: +(.*?))? *$/.exec(latin1(line));
  return parts === null ? null : { verb: parts[1]!.toUpperCase(), argument: parts[2] ?? '' };
}

/** RFC 5321 section 4.1.2 Domain, underscores allowed since clients have them; section 4.1.3 for what stands in brackets. */
const HELO_NAME = /^(?:[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?|\[[A-Za-z0-9:.]+\])$/;

export function isHeloName(name: string): boolean {
  return name.length <= MAX_DOMAIN && HELO_NAME.test(name);
}
