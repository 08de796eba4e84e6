/**
 * Chooses by the server name of a hello: who has exactly that name, else who has it with `*` for its first label (RFC 9525 section 6.3), else the first.
 *
 * @param serverName in any case; null where the client named none
 * @returns null only where there are no entries
 */
export function selectCertificate<T extends { readonly names: readonly string[] }>(
  entries: readonly T[],
  serverName: string | null,
): T | null {
  const otherwise = entries[0] ?? null;
  if (serverName === null) return otherwise;
  const name = serverName.toLowerCase().replace(/\.$/, '');
  const exact = entries.find((entry) => entry.names.includes(name));
  if (exact !== undefined) return exact;
  const dot = name.indexOf('.');
  if (dot <= 0) return otherwise;
  const wildcard = `*${name.slice(dot)}`;
  return entries.find((entry) => entry.names.includes(wildcard)) ?? otherwise;
}
