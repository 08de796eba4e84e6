import type { ClientId, Rung } from '../../../model/index.js';
import { type Check, evidence, rounded } from '../check.js';
import { MAX_CLIENT_NAME } from '../limits.js';
import { librariesOf } from '../tls-libraries.js';

/** Rungs on which a family is found by the very lists of a hello, and not by likeness. */
const FOUND: ReadonlySet<Rung> = new Set(['ja3', 'ja4', 'ssl_ja3', 'situational', 'unordered', 'stack']);

/** False: the library is one that the client can have. Where either is not known, neither holds. */
export function contradiction(wanted: boolean): Check {
  return ({ login }) => {
    const { recognition } = login.client;
    if (recognition?.family == null || !FOUND.has(recognition.rung)) return null;
    const name = clientName(login.clientId);
    const libraries = name === null ? null : librariesOf(name);
    if (libraries === null || libraries.includes(recognition.family) === wanted) return null;
    const { family, rung, score } = recognition;
    return evidence('contradiction', `${name?.trim()}: ${family} (${rung})`, { score: rounded(score) });
  };
}

/** RFC 2971 section 3.3: field names are compared without regard to case. */
function clientName(clientId: ClientId | null): string | null {
  const name = clientId?.find(([field]) => field.toLowerCase() === 'name')?.[1] ?? null;
  return name !== null && name.length <= MAX_CLIENT_NAME ? name : null;
}
