import type { Reader } from '../../bytes/reader.js';
import { u8List } from '../lists.js';

/** psk_key_exchange_modes, RFC 8446 section 4.2.9. */
export function readPskKeyExchangeModes(body: Reader): number[] {
  const modes = u8List(body.prefixed8('ke_modes'), 'ke_modes');
  body.finish('psk_key_exchange_modes');
  return modes;
}
