import type { ProxiedLogin } from '../../model/index.js';
import { shownName } from './clean.js';
import { type Ending, endings, otherEnding } from './endings.js';
import type { LineStyle } from './template.js';

/**
 * What a line says before its elements, in Dovecot's words. Every attempt is told as a connection that ended with it would be, since that is what readers of such
 * lines know: `Disconnected: WHAT (WHY, N attempts in N secs)`, in 2.4 `Login aborted: WHAT (WHY, …) (event_reason)`.
 */
export function message(login: ProxiedLogin, style: LineStyle): string {
  const { outcome, backend, reasonCode } = login;
  if (outcome === 'succeeded') return style === '2.4' ? 'Logged in' : 'Login';
  if (outcome === 'unseen') return `Passed through to ${shownName(backend ?? '')}`;
  // Mail from another server, which has no account here: nobody should take it for one who tried.
  if (outcome === 'none' && reasonCode === 'no_auth_attempts' && backend !== null) {
    return `Passed on without login to ${shownName(backend)}`;
  }
  const ending = endings[reasonCode ?? 'no_auth_attempts'] ?? otherEnding(reasonCode ?? '', outcome);
  const why = ending.why(style, login.attempt, Math.floor(login.duration / 1000));
  const what = whatOf(ending, login, style);
  return style === '2.4' ? `Login aborted: ${what} (${why}) (${ending.event})` : `Disconnected: ${what} (${why})`;
}

function whatOf({ what }: Ending, login: ProxiedLogin, style: LineStyle): string {
  const words = typeof what === 'function' ? what(login) : what;
  return typeof words === 'string' ? words : words[style];
}
