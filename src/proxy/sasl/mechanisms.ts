/** SASL mechanisms that are understood: whose exchange can be handed on, and whose user name is found where it shows one. */
export const understoodMechanisms = [
  'PLAIN',
  'LOGIN',
  'XOAUTH2',
  'OAUTHBEARER',
  'SCRAM-SHA-256',
  'SCRAM-SHA-1',
  'CRAM-MD5',
] as const;

export type Mechanism = (typeof understoodMechanisms)[number];

const PASSWORD: ReadonlySet<string> = new Set(['PLAIN', 'LOGIN']);
/** Their first challenge is made by who checks the answer, so the backend must be known before the user is. */
const SERVER_FIRST: ReadonlySet<string> = new Set(['CRAM-MD5']);

/** @param name in any case */
export function findMechanism(name: string): Mechanism | null {
  const wanted = name.toUpperCase();
  return understoodMechanisms.find((mechanism) => mechanism === wanted) ?? null;
}

/**
 * What of the configured mechanisms a client is offered, in the configured order.
 *
 * - PLAIN and LOGIN where the backend has either: one is spelled as the other for it.
 * - SCRAM not where the backend has a `-PLUS` of it: a client that knows channel binding says so (`y`, RFC 5802 section 6), and the backend, which
 *   offered it, must take that for an attack. `-PLUS` itself never: TLS ends here, and binds to us.
 * - CRAM-MD5 only with a static route, to a backend that has it.
 *
 * @param configured any case
 * @param backendOffers as a backend's introduction has them, in capitals; null while none has been heard: then what neither depends on a `-PLUS` nor on a
 * challenge is offered, and what the backend lacks in the end fails as a temporary error
 */
export function offeredMechanisms(
  configured: readonly string[],
  backendOffers: readonly string[] | null,
  staticRoute: boolean,
): readonly Mechanism[] {
  const takesPasswords = backendOffers?.some((offer) => PASSWORD.has(offer)) ?? true;
  const bindsChannels = backendOffers?.some((offer) => offer.endsWith('-PLUS')) ?? true;
  const isOffered = (mechanism: Mechanism): boolean => {
    if (PASSWORD.has(mechanism)) return takesPasswords;
    if (mechanism.startsWith('SCRAM-') && bindsChannels) return false;
    if (SERVER_FIRST.has(mechanism) && (!staticRoute || backendOffers === null)) return false;
    return backendOffers?.includes(mechanism) ?? true;
  };
  const known = configured.map(findMechanism).filter((mechanism) => mechanism !== null);
  return [...new Set(known)].filter(isOffered);
}
