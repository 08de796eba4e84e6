import type { Reader } from '../../bytes/reader.js';
import { latin1 } from '../lists.js';

/** application_layer_protocol_negotiation, RFC 7301 section 3.1. Names are kept as sent, an empty one included. */
export function readAlpn(body: Reader): string[] {
  const list = body.prefixed16('protocol_name_list');
  body.finish('application_layer_protocol_negotiation');
  const names: string[] = [];
  while (list.remaining > 0) names.push(latin1(list.prefixed8('protocol_name'), 'protocol_name'));
  return names;
}
