import { MAX_SESSION } from './limits.js';

/** What a login line may tell that is of use, as text that fits its kind. A client's own words are in `user` and `mechanism` only. */
export type ElementKey =
  | 'user'
  | 'mechanism'
  | 'remoteIp'
  | 'remotePort'
  | 'localIp'
  | 'localPort'
  | 'secured'
  | 'session'
  | 'sslJa3'
  | 'ja3'
  | 'ja4';

/** undefined: not there; null: there twice, with two values. */
type Told = string | null | undefined;

/** What a line's elements say. */
export class Elements {
  user: Told;
  mechanism: Told;
  remoteIp: Told;
  remotePort: Told;
  localIp: Told;
  localPort: Told;
  secured: Told;
  session: Told;
  /** Its form is looked at where it is used. */
  sslJa3: Told;
  sslJa3Hash: Told;
  ja3: Told;
  ja3Hash: Told;
  ja4: Told;
}

/**
 * The names elements commonly have, that is those of Dovecot's variables and of its default format.
 *
 * The names `ja3…` stand for ssl_ja3: it is the only kind that Dovecot itself can tell. A proxy's true ja3 comes in `forward_ja3…`.
 */
const KEYS: ReadonlyMap<string, ElementKey> = new Map<string, ElementKey>([
  ['method', 'mechanism'],
  ['mechanism', 'mechanism'],
  ['mech', 'mechanism'],
  ['rip', 'remoteIp'],
  ['remote_ip', 'remoteIp'],
  ['rport', 'remotePort'],
  ['remote_port', 'remotePort'],
  ['lip', 'localIp'],
  ['local_ip', 'localIp'],
  ['lport', 'localPort'],
  ['local_port', 'localPort'],
  ['session', 'session'],
  ['ssl_ja3', 'sslJa3'],
  ['ssl_ja3_hash', 'sslJa3'],
  ['forward_ssl_ja3', 'sslJa3'],
  ['forward_ssl_ja3_hash', 'sslJa3'],
  ['ja3', 'sslJa3'],
  ['ja3_hash', 'sslJa3'],
  ['ja3h', 'sslJa3'],
  ['forward_ja3', 'ja3'],
  ['forward_ja3_hash', 'ja3'],
  ['ja4', 'ja4'],
  ['ssl_ja4', 'ja4'],
  ['forward_ja4', 'ja4'],
]);

export const keyOf = (name: string): ElementKey | null => KEYS.get(name) ?? null;

const IP = /^(?:(?:\d{1,3}\.){3}\d{1,3}|[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?::(?:\d{1,3}\.){3}\d{1,3})?)$/;
const HASH = /^[0-9a-f]{32}$/;

const PORT = /^\d{1,5}$/;
const MECHANISM = /^\S{1,64}$/;
const SESSION = new RegExp(`^[^<>\\s]{1,${MAX_SESSION}}$`);
const JA4 = /^[tqd]\w\w[di]\d{4}[0-9A-Za-z]{2}_[0-9a-f]{12}_[0-9a-f]{12}$/;

/**
 * Keeps a value that fits its kind; nothing is kept of one that does not, or of an empty one (2.3 prints `ssl_ja3=` where a forwarded field is missing). An
 * address is not parsed further: Dovecot prints it by inet_ntop. Whether a ja3 is a string or a hash is told by its looks: `ja3=` is given either.
 */
export function setElement(elements: Elements, key: ElementKey, value: string): void {
  if (value === '') return;
  switch (key) {
    case 'user':
      elements.user = once(elements.user, value);
      break;
    case 'mechanism':
      if (MECHANISM.test(value)) elements.mechanism = once(elements.mechanism, value);
      break;
    case 'remoteIp':
      if (IP.test(value)) elements.remoteIp = once(elements.remoteIp, value);
      break;
    case 'remotePort':
      if (PORT.test(value)) elements.remotePort = once(elements.remotePort, value);
      break;
    case 'localIp':
      if (IP.test(value)) elements.localIp = once(elements.localIp, value);
      break;
    case 'localPort':
      if (PORT.test(value)) elements.localPort = once(elements.localPort, value);
      break;
    case 'secured':
      elements.secured = once(elements.secured, value);
      break;
    case 'session':
      if (SESSION.test(value)) elements.session = once(elements.session, value);
      break;
    case 'sslJa3':
      if (HASH.test(value)) elements.sslJa3Hash = once(elements.sslJa3Hash, value);
      else elements.sslJa3 = once(elements.sslJa3, value);
      break;
    case 'ja3':
      if (HASH.test(value)) elements.ja3Hash = once(elements.ja3Hash, value);
      else elements.ja3 = once(elements.ja3, value);
      break;
    case 'ja4':
      if (JA4.test(value)) elements.ja4 = once(elements.ja4, value);
      break;
  }
}

const once = (before: Told, value: string): string | null => (before === undefined || before === value ? value : null);
