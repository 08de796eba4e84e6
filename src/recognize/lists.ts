import { SensorError } from '../errors.js';
import { type Ja3Lists, knownToOpenSsl, parseJa3String, withoutGrease } from '../fingerprint/index.js';

/**
 * Extensions that come and go with the situation of one client, not with the client (IANA numbers): server_name (0: a host name or an address was given),
 * application_layer_protocol_negotiation (16), padding (21: follows the hello's length, RFC 7685), session_ticket (35: NSS leaves it out when it resumes,
 * Go sends it with a session cache only), pre_shared_key (41), early_data (42), cookie (44: answers a HelloRetryRequest), next_protocol_negotiation (13172).
 */
const SITUATIONAL: ReadonlySet<number> = new Set([0, 16, 21, 35, 41, 42, 44, 13172]);

/** Signalling values among the cipher suites: TLS_EMPTY_RENEGOTIATION_INFO_SCSV (RFC 5746) and TLS_FALLBACK_SCSV (RFC 7507). */
const SIGNALS: ReadonlySet<number> = new Set([255, 22016]);

export function isSituational(type: number): boolean {
  return SITUATIONAL.has(type);
}

/** The lists of a ja3 or ssl_ja3 string; null where it breaks its form. */
export function listsOfString(string: string): Ja3Lists | null {
  try {
    return parseJa3String(string);
  } catch (error) {
    if (error instanceof SensorError) return null;
    throw error;
  }
}

/** The lists without GREASE: drawn anew for every hello, it tells nothing of the client but that it greases. Point formats have none. */
export function withoutGreaseLists(lists: Ja3Lists): Ja3Lists {
  return {
    version: lists.version,
    cipherSuites: withoutGrease(lists.cipherSuites),
    extensions: withoutGrease(lists.extensions),
    supportedGroups: withoutGrease(lists.supportedGroups),
    ecPointFormats: lists.ecPointFormats,
  };
}

/**
 * What every Dovecot says of these lists: version 771, and the extensions OpenSSL knew before 3.2. A later one tells of three more, which are left out so
 * that logs of both can be compared.
 */
export function asDovecotSays(lists: Ja3Lists): Ja3Lists {
  return { ...lists, version: 771, extensions: knownToOpenSsl(lists.extensions, '3.0') };
}

/** The same for two hellos of one client in different situations, in order. */
export function situationalKey(lists: Ja3Lists): string {
  return keyOf(lists, steady(lists));
}

/** The same in whatever order the extensions were sent. */
export function unorderedKey(lists: Ja3Lists): string {
  return keyOf(
    lists,
    steady(lists).sort((a, b) => a - b),
  );
}

/** The same for two configurations of one TLS library that negotiate the same cryptography. */
export function stackKey({ cipherSuites, supportedGroups }: Ja3Lists): string {
  return `${cipherSuites.filter((suite) => !SIGNALS.has(suite)).join('-')},${supportedGroups.join('-')}`;
}

function steady({ extensions }: Ja3Lists): number[] {
  return extensions.filter((type) => !SITUATIONAL.has(type));
}

function keyOf({ version, cipherSuites, supportedGroups, ecPointFormats }: Ja3Lists, extensions: number[]): string {
  return `${version},${cipherSuites.join('-')},${extensions.join('-')},${supportedGroups.join('-')},${ecPointFormats.join('-')}`;
}
