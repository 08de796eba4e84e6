export function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}

/** The same bytes? */
export function same(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}

/** A ClientHello's random (RFC 8446 section 4.1.2): behind the four-byte header and legacy_version. */
export function randomOf(hello: Uint8Array): Uint8Array {
  return hello.subarray(6, 38);
}
