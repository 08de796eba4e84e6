import type { Reader } from '../../bytes/reader.js';

/** key_share of a ClientHello, RFC 8446 section 4.2.8: the groups keys are offered for. */
export function readKeyShareGroups(body: Reader): number[] {
  const shares = body.prefixed16('client_shares');
  body.finish('key_share');
  const groups: number[] = [];
  while (shares.remaining > 0) {
    groups.push(shares.u16('group'));
    shares.prefixed16('key_exchange');
  }
  return groups;
}
