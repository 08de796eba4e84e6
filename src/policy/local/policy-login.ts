import { plainAddress } from '../../endpoint.js';
import type { LoginFacts, OpenSslGeneration, ToldViews } from '../../model/index.js';
import type { PolicyLogin } from '../login.js';
import type { LocalPolicyPorts } from './local-policy.js';

/** A login through the proxy, as rules see it. */
export function policyLogin(
  login: LoginFacts,
  { identify, openssl }: Pick<LocalPolicyPorts, 'identify' | 'openssl'>,
): PolicyLogin {
  const { time, session, user, remote, local, protocol, sni, mechanism, tls, tlsVersion, clientId } = login;
  const views = viewsOf(login, openssl);
  return {
    time: time.seconds * 1000 + Math.floor(time.nanoseconds / 1e6),
    session,
    user: user === '' ? null : user,
    remote: plainAddress(remote.ip),
    // Dovecot's name for it, which rules have too.
    protocol: protocol === 'managesieve' ? 'sieve' : protocol,
    port: local.port,
    sni,
    mechanism: mechanism?.toUpperCase() ?? null,
    tls,
    tlsVersion,
    clientId,
    views,
    client: identify(views, login),
  };
}

function viewsOf({ fingerprint }: LoginFacts, openssl: OpenSslGeneration): ToldViews {
  if (fingerprint === null) return { ja3: null, ja3n: null, sslJa3: null, ja4: null };
  const { ja3, ja3n, sslJa3, ja4 } = fingerprint;
  return { ja3, ja3n, sslJa3: sslJa3[openssl], ja4 };
}
