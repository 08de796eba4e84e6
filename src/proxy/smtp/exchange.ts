import type { Attempt } from '../attempt.js';
import { encodeBase64, encodeInitial, spellPassword } from '../sasl/index.js';
import type { Secret } from '../secret.js';
import { MAX_COMMAND } from './limits.js';

/** An AUTH exchange with a backend, as far as it is known beforehand. */
export interface Exchange {
  /** The first command, with its CRLF. */
  readonly command: string;
  /** Lines that answer the challenges to come, in order, with their CRLF. */
  readonly answers: string[];
  /** Challenges beyond those are for the client. */
  readonly asksClient: boolean;
}

/** How an attempt is told a backend (RFC 4954 section 4). null: not to one with these mechanisms. */
export function exchangeFor(attempt: Attempt, mechanisms: readonly string[]): Exchange | null {
  const { credentials, mechanism } = attempt;
  if (credentials.kind === 'apop') return null;
  if (credentials.kind === 'sasl') {
    return mechanisms.includes(mechanism) ? spell(mechanism, credentials.initial, [], true) : null;
  }
  const spelling = spellPassword(credentials, mechanisms);
  if (spelling === null) return null;
  const exchange = spell(spelling.mechanism, spelling.initial, spelling.responses, false);
  spelling.initial?.wipe();
  for (const response of spelling.responses) response.wipe();
  return exchange;
}

function spell(mechanism: string, initial: Secret | null, responses: readonly Secret[], asksClient: boolean): Exchange {
  const answers = responses.map((response) => `${encodeBase64(response.reveal())}\r\n`);
  if (initial === null) return { command: `AUTH ${mechanism}\r\n`, answers, asksClient };
  const command = `AUTH ${mechanism} ${encodeInitial(initial.reveal())}\r\n`;
  if (command.length <= MAX_COMMAND) return { command, answers, asksClient };
  // RFC 4954 section 4: what does not fit into a command's line answers an empty challenge.
  const first = `${encodeBase64(initial.reveal())}\r\n`;
  return { command: `AUTH ${mechanism}\r\n`, answers: [first, ...answers], asksClient };
}
