import type { Credentials } from '../attempt.js';
import { fromLatin1 } from '../lines.js';
import { isName } from '../sasl/index.js';
import { Secret } from '../secret.js';

/** RFC 1939 section 7: the timestamp that digests are made over, in the form of a message's id. */
const TIMESTAMP = /<[!-;=?-~]+>/;

/** APOP can be answered by the backend that greets so; null: the greeting is ours, and it cannot. */
export function isForApop(greeting: string | null): boolean {
  return greeting !== null && TIMESTAMP.test(greeting);
}

/** RFC 1939 section 7: a name, and an MD5 digest in hexadecimal. null: that is not what the argument is. */
export function readApop(argument: string): Extract<Credentials, { kind: 'apop' }> | null {
  const parts = /^([^ ]+) ([0-9A-Fa-f]{32})$/.exec(argument);
  if (parts === null) return null;
  const user = fromLatin1(parts[1]!);
  return isName(user) ? { kind: 'apop', user, digest: new Secret(fromLatin1(parts[2]!)) } : null;
}
