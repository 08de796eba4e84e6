import { createHmac } from 'node:crypto';
import { withoutZone } from '../../endpoint.js';
import { SESSION_WITHOUT_ADDRESS, USER_HASH_DIGITS } from './limits.js';

/**
 * Names under which users can be told apart and not be known: HMAC-SHA-256 (RFC 2104) of the name, 32 hex digits. Upper and lower case, composed and decomposed letters
 * make no difference.
 *
 * @param key secret; whoever has it can try names
 */
export function keyedNames(key: Uint8Array): (name: string) => string {
  return (name) =>
    createHmac('sha256', key).update(name.normalize('NFC').toLowerCase()).digest('hex').slice(0, USER_HASH_DIGITS);
}

/** The network of an address, as its first address: /24 of IPv4 (mapped into IPv6 too), /48 of IPv6. Empty for what is no address. */
export function network(address: string): string {
  const v4 = /^((?:::ffff:)?\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}$/i.exec(address);
  if (v4 !== null) return `${v4[1]}.0`;
  const text = withoutZone(address);
  if (!/^[0-9a-f:]*:[0-9a-f:.]*$/i.test(text)) return '';
  const double = text.indexOf('::');
  const groups = (double < 0 ? text : text.slice(0, double)).split(':').filter((group) => group !== '');
  const last = (double < 0 ? '' : text.slice(double + 2)).split(':').filter((group) => group !== '');
  // `::` stands for as many zero groups as there is room for; what is behind it reaches the first three groups only where it is long.
  while (double >= 0 && groups.length + last.length < 8) groups.push('0');
  const first = [...groups, ...last].slice(0, 3).map((group) => group.toLowerCase().replace(/^0+(?=.)/, ''));
  while (first.length > 0 && first.at(-1) === '0') first.pop();
  return `${first.join(':')}::`;
}

/** Of a session's name what does not tell the client's address. */
export const sessionStem = (session: string): string => session.slice(0, SESSION_WITHOUT_ADDRESS);
