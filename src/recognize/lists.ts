import { type Ja3Lists, withoutGrease } from '../fingerprint/index.js';

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
