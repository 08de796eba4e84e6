/** Secret bits of OpenSSL's cipher names, the first that fits: RFC 8446 B.4, RFC 5246 appendix C, RFC 7905. Triple DES has keys of 168 bits. */
const bits: readonly (readonly [RegExp, number])[] = [
  [/AES_?256|CHACHA20|CAMELLIA256|ARIA256/, 256],
  [/AES_?128|CAMELLIA128|ARIA128|SEED/, 128],
  [/3DES|DES-CBC3/, 168],
];

/** `TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)`; `(proxied)` where TLS ended in front of us, as Dovecot calls it. */
export function sslSecurity(version: string | null, cipher: string | null): string {
  if (version === null || cipher === null) return '(proxied)';
  const [, size] = bits.find(([pattern]) => pattern.test(cipher)) ?? [];
  return `${version} with cipher ${cipher}${size === undefined ? '' : ` (${size}/${size} bits)`}`;
}
