import type { Reader } from '../../bytes/reader.js';
import { SensorError } from '../../errors.js';
import { latin1 } from '../lists.js';

const HOST_NAME = 0;

/** server_name, RFC 6066 section 3: the first host_name of the list. An empty list or name is malformed. */
export function readServerName(body: Reader): string {
  const list = body.prefixed16('server_name_list');
  body.finish('server_name');
  let hostName: string | undefined;
  const listOffset = list.offset;
  while (list.remaining > 0) {
    const nameType = list.u8('name_type');
    // Every name_type defined so far has this form, and RFC 6066 asks that later ones keep it.
    const name = list.prefixed16('host_name');
    if (nameType === HOST_NAME && name.remaining > 0) hostName ??= latin1(name, 'host_name');
  }
  if (hostName === undefined) {
    throw new SensorError('empty', 'host_name', listOffset, `no host name in server_name at offset ${listOffset}`);
  }
  return hostName;
}
