import type { Accepted, Services } from '../accepted.js';
import type { BackendIntroduction, ClientDialogueSettings } from '../dialogue.js';
import type { RouteOptions } from '../options.js';
import { offeredMechanisms } from '../sasl/index.js';

/**
 * What the dialogue with a client shows: our settings, and what the backend said of itself when it was last heard. Behind a route by user the client is shown what
 * the backend of those without a rule of their own offers, as its own is not known yet.
 *
 * @param secured TLS is there: ours, or in front of us as the PROXY header says
 * @param early what the backend says on a link that was made already; its greeting is then the client's, for APOP
 */
export function dialogueSettings(
  { listener, trusted }: Accepted,
  { options, links }: Services,
  secured: boolean,
  early: BackendIntroduction | null,
): ClientDialogueSettings {
  const backend = usualBackend(listener.route);
  const introduction = early ?? (backend === null ? null : links.introduction(backend));
  const isStatic = listener.route.by === 'static';
  return {
    hostname: options.hostname,
    secured,
    starttls: listener.tls === 'starttls',
    mechanisms: offeredMechanisms(listener.mechanisms, introduction?.mechanisms ?? null, isStatic),
    cleartext: listener.cleartext,
    keywords: listener.keywords ?? introduction?.keywords ?? [],
    trusted,
    greeting: early?.greeting ?? null,
    limits: options.limits,
  };
}

function usualBackend(route: RouteOptions): string | null {
  if (route.by === 'static') return route.backend;
  if (route.otherwise !== null) return route.otherwise;
  if (route.by === 'sni') return route.names.values().next().value ?? null;
  for (const rule of route.rules) if (rule.match !== 'table') return rule.backend;
  return null;
}
