import { SensorError } from '../../errors.js';
import type { ListKey } from '../../model/index.js';
import { readAddress, readNetwork } from '../addresses.js';
import type { StatsKey } from '../decide/management.js';
import { MAX_LOGIN } from './limits.js';
import type { EntryKeyRequest, KeyRequest } from './requests.js';

/**
 * What is asked about or forgotten.
 *
 * @throws SensorError `policy_address`, `policy_request`
 */
export function readKey(request: KeyRequest): StatsKey {
  const { login, ja3 } = loginAndJa3(request);
  const ip = request.ip === undefined ? null : (readAddress(request.ip) ?? failAddress('ip'));
  if (ip === null && login === null && ja3 === null) throw fail('ip', 'neither ip nor login nor ja3');
  return { ip, login, ja3 };
}

/**
 * What a list entry is about. A network stands alone, as in wforce.
 *
 * @throws SensorError `policy_address`, `policy_request`
 */
export function readEntryKey(request: EntryKeyRequest): ListKey {
  if (request.netmask === undefined) return readKey(request);
  const { login, ja3 } = loginAndJa3(request);
  if (request.ip !== undefined || login !== null || ja3 !== null) throw fail('netmask', 'netmask and another key');
  return { ip: readNetwork(request.netmask) ?? failAddress('netmask'), login: null, ja3: null };
}

function loginAndJa3(request: KeyRequest): { readonly login: string | null; readonly ja3: string | null } {
  const { login = null, ja3 = null } = request;
  if (login !== null && ja3 !== null) throw fail('ja3', 'login and ja3 exclude each other');
  if (login === '' || (login !== null && Buffer.byteLength(login) > MAX_LOGIN))
    throw fail('login', 'empty or too long');
  if (ja3 !== null && !/^[0-9a-f]{32}$/i.test(ja3)) throw fail('ja3', 'expected the 32 hex digits of an MD5');
  return { login: login === null ? null : login.toLowerCase(), ja3: ja3 === null ? null : ja3.toLowerCase() };
}

function fail(field: string, message: string): SensorError {
  return new SensorError('policy_request', field, 0, message);
}

function failAddress(field: string): never {
  throw new SensorError('policy_address', field, 0, 'no address');
}
