import type { Label } from '../model/index.js';

type Weighed = Label & { readonly weight: number };

/** The heavier first, then by client, version, tls_library and source in code unit order: never by the order labels came in. */
export function byWeightThenName(a: Weighed, b: Weighed): number {
  return b.weight - a.weight || byName(a, b);
}

export function byName(a: Label, b: Label): number {
  return (
    compare(a.client, b.client) ||
    compare(a.version, b.version) ||
    compare(a.tlsLibrary, b.tlsLibrary) ||
    compare(a.source, b.source)
  );
}

/** What tells a label from others, whatever view it is known under. */
export function identityOf({ client, version, tlsLibrary, source }: Label): string {
  return JSON.stringify([client, version, tlsLibrary, source]);
}

export function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
