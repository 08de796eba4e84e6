import { ExtensionType } from '../../tls/index.js';

/**
 * Extensions that come and go from hello to hello of one client: with the server's name, resumption, early data, a cookie, the protocol, the length
 * of all the rest.
 */
const SITUATIONAL: readonly number[] = [
  ExtensionType.serverName,
  ExtensionType.alpn,
  ExtensionType.padding,
  ExtensionType.sessionTicket,
  ExtensionType.preSharedKey,
  42, // early_data
  44, // cookie
  13172, // next_protocol_negotiation
];

/** Every choice of one or more situational extensions among these, the smaller ones first. */
export function situationalSubsets(types: readonly number[]): number[][] {
  const present = SITUATIONAL.filter((type) => types.includes(type));
  const subsets: number[][] = [[]];
  for (const type of present) subsets.push(...subsets.map((subset) => [...subset, type]));
  return subsets.filter((subset) => subset.length > 0).sort((a, b) => a.length - b.length);
}
