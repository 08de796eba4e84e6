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

/** `sslJa3` and `ja3` hold a string, a hash, or both: see {@link setElement}. undefined: not there; null: there twice. */
export type Elements = { [key in ElementKey | 'sslJa3Hash' | 'ja3Hash']?: string | null };

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
const NUMBER_LIST = '(?:\\d{1,5}(?:-\\d{1,5})*)?';
const JA3_STRING = new RegExp(`^\\d{1,5}${`,${NUMBER_LIST}`.repeat(4)}$`);
const HASH = /^[0-9a-f]{32}$/;

/** What each may look like. An address is not parsed further: Dovecot prints it by inet_ntop. */
const FORMS: Readonly<Record<Exclude<ElementKey, 'sslJa3' | 'ja3'>, RegExp>> = {
  user: /^/,
  mechanism: /^\S{1,64}$/,
  remoteIp: IP,
  localIp: IP,
  remotePort: /^\d{1,5}$/,
  localPort: /^\d{1,5}$/,
  secured: /^/,
  session: new RegExp(`^[^<>\\s]{1,${MAX_SESSION}}$`),
  ja4: /^[tqd]\w\w[di]\d{4}[0-9A-Za-z]{2}_[0-9a-f]{12}_[0-9a-f]{12}$/,
};

/**
 * Keeps a value that fits its kind; nothing is kept of one that does not, or of an empty one (2.3 prints `ssl_ja3=` where a forwarded field is missing).
 * Whether a ja3 is a string or a hash is told by its looks: `ja3=` is given either.
 */
export function setElement(elements: Elements, key: ElementKey, value: string): void {
  if (value === '') return;
  if (key === 'sslJa3' || key === 'ja3') {
    if (HASH.test(value)) keep(elements, `${key}Hash`, value);
    else if (JA3_STRING.test(value)) keep(elements, key, value);
  } else if (FORMS[key].test(value)) {
    keep(elements, key, value);
  }
}

function keep(elements: Elements, key: keyof Elements, value: string): void {
  elements[key] = elements[key] === undefined || elements[key] === value ? value : null;
}
