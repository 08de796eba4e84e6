import type { LoginOutcome } from '../../model/index.js';

/** What the words before the elements say. */
export interface Saying {
  readonly outcome: LoginOutcome;
  /** In the server's words; null: it let the user in and said no more. */
  readonly reason: string | null;
}

/** Dovecot 2.4 ends what it says with one of these in brackets: its `client_auth_fail_code` and login-failure event reasons. */
const EVENT_REASONS: ReadonlyMap<string, LoginOutcome> = new Map([
  ['auth_failed', 'failed'],
  ['proxy_dest_auth_failed', 'failed'],
  ['no_auth_attempts', 'none'],
  ['tls_handshake_not_finished', 'none'],
  ['auth_aborted_by_client', 'none'],
  ['auth_waiting_client', 'none'],
]);

// The rest of them: the credentials were not looked at, or were right and the user was kept out all the same.
const OTHER_EVENT_REASON = /^[a-z]+(?:_[a-z]+)+$/;

/** What 2.3 says in brackets, and 2.4 before its event reason. Tried in order; none looks beyond the next bracket, or a text of brackets would take seconds. */
const HUMAN: readonly (readonly [RegExp, LoginOutcome])[] = [
  [/\((?:auth failed|proxy dest auth failed)\b/, 'failed'],
  [/\(no auth attempts\b/, 'none'],
  [/\(disconnected (?:during TLS handshake|before auth was ready|while (?:authenticating|finishing login))\b/, 'none'],
  [/\((?:client didn't finish SASL auth|aborted authentication)\b/, 'none'],
  [
    /\((?:tried to use|sent invalid base64|user disabled|password expired|login disabled|authorization failed|anonymous logins disabled|internal failure|auth (?:process|service)|cert required|client (?:sent|didn't send|cert)|no auth|[^(]*limit)/,
    'refused',
  ],
];

const ENDED = /^(?:Login aborted|Disconnected|Aborted login)(?=$|[: (])(?:: )?/;

/**
 * What a login process says of a connection that ends, or of a user it lets in. Of several attempts on one connection Dovecot tells the last.
 *
 * @param text all before the elements
 * @returns null where it is about something else
 */
export function saying(text: string): Saying | null {
  // 2.3 and 2.4
  if (text === 'Login' || text === 'Logged in') return { outcome: 'succeeded', reason: null };
  if (text.startsWith('proxy(')) return proxied(text);
  const ended = ENDED.exec(text);
  if (ended === null) return null;
  const reason = text.slice(ended[0].length).trim() || ended[0].trim();
  return { outcome: outcomeOf(text), reason };
}

function outcomeOf(text: string): LoginOutcome {
  if (text.endsWith(')')) {
    const event = text.slice(text.lastIndexOf('(') + 1, -1);
    const outcome = EVENT_REASONS.get(event);
    if (outcome !== undefined) return outcome;
    if (OTHER_EVENT_REASON.test(event)) return 'refused';
  }
  for (const [pattern, outcome] of HUMAN) if (pattern.test(text)) return outcome;
  // 2.3 without a word in brackets: the connection ended before anything was tried
  return 'none';
}

/** `proxy(user,host:port): Started proxying to …`: the other server let the user in. What comes later of the connection is no login. */
function proxied(text: string): Saying | null {
  // The user's name may hold anything, what is said after it holds no `): `
  const said = text.slice(text.lastIndexOf('): ') + 3);
  return /^[Ss]tarted proxying\b/.test(said) ? { outcome: 'succeeded', reason: said } : null;
}
