import { isIP } from 'node:net';
import { type Endpoint, plainAddress } from '../../endpoint.js';
import { type ProxyTlv, writeProxyHeader } from '../../haproxy/index.js';
import type { LinkRequest } from '../links.js';
import { MAX_AUTHORITY } from './limits.js';

/** What a PROXY header tells of a client. */
export interface HeaderSubject extends Pick<LinkRequest, 'remote' | 'local' | 'serverName'> {
  /** TLS of the client that has ended before this link; null: none, or it goes on inside the link. Texts are null where nobody knows. */
  readonly tls: { readonly version: string | null; readonly cipher: string | null } | null;
}

// PROXY protocol section 2.2, types and the subtypes inside PP2_TYPE_SSL.
const AUTHORITY = 0x02;
const SSL = 0x20;
const SSL_VERSION = 0x21;
const SSL_CIPHER = 0x23;

/** PP2_CLIENT_SSL of section 2.2.6: the client connected over TLS. */
const CLIENT_SSL = 0x01;

/**
 * The PROXY header for a client, version 1 or 2. Version 2 tells of TLS and of the server name, too. It does not tell the ALPN:
 * Dovecot 2.4.1 refuses every connection whose header has one, the right one included, and no mail server does anything else with it.
 *
 * @throws SensorError `proxy_malformed` for an endpoint that is none
 */
export function clientHeader(subject: HeaderSubject, version: 1 | 2): Uint8Array {
  const [src, dst] = sameFamily(plain(subject.remote), plain(subject.local));
  return writeProxyHeader(
    {
      command: 'PROXY',
      family: isIP(src.ip) === 6 ? 'INET6' : 'INET',
      transport: 'STREAM',
      src,
      dst,
      unix: null,
      tlvs: version === 1 ? [] : tlvsOf(subject),
    },
    version,
  );
}

function plain({ ip, port }: Endpoint): Endpoint {
  return { ip: plainAddress(ip), port };
}

/** A header has one family for both ends: where one end is IPv4 alone (a PROXY header or a claim in front told so), it is written as IPv6. */
function sameFamily(src: Endpoint, dst: Endpoint): readonly [Endpoint, Endpoint] {
  if (isIP(src.ip) === isIP(dst.ip)) return [src, dst];
  return [asIpv6(src), asIpv6(dst)];
}

function asIpv6({ ip, port }: Endpoint): Endpoint {
  return { ip: isIP(ip) === 4 ? `::ffff:${ip}` : ip, port };
}

function tlvsOf({ tls, serverName }: HeaderSubject): readonly ProxyTlv[] {
  const tlvs: ProxyTlv[] = [];
  // A client may write what it likes into its hello, and Dovecot refuses a connection whose server name has other characters than these.
  if (serverName !== null && serverName.length <= MAX_AUTHORITY && /^[a-z0-9_.-]+$/i.test(serverName)) {
    tlvs.push(text(AUTHORITY, serverName));
  }
  if (tls !== null) {
    // Section 2.2.6: flags, then 32 bits that are zero only for a client certificate that was verified; we ask clients for none.
    const inner = [
      ...(tls.version === null ? [] : encoded(text(SSL_VERSION, tls.version))),
      ...(tls.cipher === null ? [] : encoded(text(SSL_CIPHER, tls.cipher))),
    ];
    tlvs.push({ type: SSL, value: Uint8Array.of(CLIENT_SSL, 0, 0, 0, 1, ...inner) });
  }
  return tlvs;
}

function text(type: number, value: string): ProxyTlv {
  return { type, value: Buffer.from(value, 'latin1') };
}

function encoded({ type, value }: ProxyTlv): readonly number[] {
  return [type, value.length >>> 8, value.length & 255, ...value];
}
