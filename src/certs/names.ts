/**
 * The dNSName entries of a subjectAltName as Node prints one (`DNS:a.example, IP Address:192.0.2.7`), in lower case. The common name of the subject is no host name
 * any more (RFC 9525 section 2). A name that Node puts in quotes has characters that no host name has, and is left out.
 */
export function dnsNames(subjectAltName: string | undefined): string[] {
  const names = (subjectAltName ?? '')
    .split(', ')
    .filter((entry) => /^DNS:[^"]/.test(entry))
    .map((entry) => entry.slice('DNS:'.length).toLowerCase());
  return [...new Set(names)];
}
