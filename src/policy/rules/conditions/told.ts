import { Networks } from '../../../networks.js';
import type { PolicyLogin } from '../../login.js';
import { type Check, evidence } from '../check.js';
import { MAX_SNI, MAX_USER } from '../limits.js';
import { namesLike } from '../wildcard.js';

/** A condition on something a login tells as one word: it must be one of these, upper and lower case being one. */
function oneOf(condition: string, wanted: readonly string[], told: (login: PolicyLogin) => string | null): Check {
  const words = new Set(wanted.map((word) => word.toLowerCase()));
  return ({ login }) => {
    const word = told(login);
    return word !== null && words.has(word.toLowerCase()) ? evidence(condition, word) : null;
  };
}

export const protocol = (wanted: readonly string[]) => oneOf('protocol', wanted, (login) => login.protocol);
export const mechanism = (wanted: readonly string[]) => oneOf('mechanism', wanted, (login) => login.mechanism);
export const tlsVersion = (wanted: readonly string[]) => oneOf('tls_version', wanted, (login) => login.tlsVersion);

export function port(wanted: readonly number[]): Check {
  const ports = new Set(wanted);
  return ({ login }) => (login.port !== null && ports.has(login.port) ? evidence('port', login.port) : null);
}

export function tls(wanted: boolean): Check {
  return ({ login }) => (login.tls === wanted ? evidence('tls', wanted) : null);
}

/** Hashes in any view. */
export function fingerprint(wanted: readonly string[]): Check {
  const hashes = new Set(wanted.map((hash) => hash.toLowerCase()));
  return ({ login: { views } }) => {
    for (const view of [views.ja3, views.ja3n, views.sslJa3, views.ja4]) {
      if (view !== null && hashes.has(view.hash)) return evidence('fingerprint', view.hash);
    }
    return null;
  };
}

export function hasFingerprint(wanted: boolean): Check {
  return ({ login: { views } }) => {
    const has = views.ja3 !== null || views.ja3n !== null || views.sslJa3 !== null || views.ja4 !== null;
    return has === wanted ? evidence('has_fingerprint', has) : null;
  };
}

/** Its evidence is kept for weeks and names nobody. */
export function user(wanted: readonly string[]): Check {
  const isWanted = namesLike(wanted, MAX_USER);
  return ({ login }) => (login.user !== null && isWanted(login.user) ? evidence('user', true) : null);
}

/** The same: addresses of stored logins are cut to networks after some days, and what is found here would outlive that. */
export function network(wanted: readonly string[]): Check {
  const networks = new Networks(wanted);
  return ({ login }) => (login.remote !== null && networks.has(login.remote) ? evidence('network', true) : null);
}

/** @param wanted null: none was sent */
export function sni(wanted: readonly (string | null)[]): Check {
  const isWanted = namesLike(
    wanted.filter((name) => name !== null),
    MAX_SNI,
  );
  const takesNone = wanted.includes(null);
  return ({ login }) => {
    if (login.sni === null) return takesNone ? evidence('sni', 'none') : null;
    return isWanted(login.sni) ? evidence('sni', login.sni) : null;
  };
}
