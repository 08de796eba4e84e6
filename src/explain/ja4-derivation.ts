import type { ClientHello, FingerprintValue, Transport } from '../model/index.js';
import { ExtensionType, isGrease } from '../tls/index.js';
import { cipherSuite, extensionType, signatureScheme, version } from './named.js';
import type { Ja4Derivation, Ja4Part, Ja4Step, NamedValue } from './types.js';

const TRANSPORT_WORD: Readonly<Record<Transport, string>> = { tcp: 'TLS over TCP', quic: 'QUIC', dtls: 'DTLS' };

/** How the parts of a ja4 come about, read from its ja4_r: so it cannot differ from what was hashed. */
export function deriveJa4(value: FingerprintValue, hello: ClientHello, transport: Transport): Ja4Derivation {
  const [, bHash = '', cHash = ''] = value.hash.split('_');
  const [a = '', bInput = '', ...c] = value.string.split('_');
  return {
    string: value.string,
    hash: value.hash,
    a: partA(a, hello, transport),
    b: { input: bInput, hash: bHash, leftOut: greaseOf(hello.cipherSuites, cipherSuite) },
    c: partC(c.join('_'), cHash, hello),
  };
}

/** The extensions in whose absence ja4 can do, but not where they are malformed. */
export function ja4Missing(hello: ClientHello): string[] {
  const needed: readonly (readonly [number, unknown])[] = [
    [ExtensionType.signatureAlgorithms, hello.signatureAlgorithms],
    [ExtensionType.alpn, hello.alpn],
    [ExtensionType.supportedVersions, hello.supportedVersions],
  ];
  return needed
    .filter(([type, content]) => content === null && hello.extensionTypes.includes(type))
    .map(([type]) => extensionType(type).name);
}

function partA(a: string, hello: ClientHello, transport: Transport): Ja4Step[] {
  return [
    { name: 'transport', text: a.slice(0, 1), because: TRANSPORT_WORD[transport] },
    { name: 'version', text: a.slice(1, 3), because: versionBecause(hello, transport) },
    {
      name: 'sni',
      text: a.slice(3, 4),
      because: hello.extensionTypes.includes(ExtensionType.serverName) ? 'server_name was sent' : 'no server_name',
    },
    { name: 'cipher_suites', text: a.slice(4, 6), because: countBecause(hello.cipherSuites, 'cipher suites') },
    { name: 'extensions', text: a.slice(6, 8), because: countBecause(hello.extensionTypes, 'extensions') },
    { name: 'alpn', text: a.slice(8), because: alpnBecause(hello.alpn) },
  ];
}

function versionBecause(hello: ClientHello, transport: Transport): string {
  const offered = (hello.supportedVersions ?? []).filter((value) => !isGrease(value));
  if (offered.length === 0) return `legacy_version ${version(hello.legacyVersion).name}: no supported_versions`;
  const highest = transport === 'dtls' ? Math.min(...offered) : Math.max(...offered);
  return `highest of supported_versions: ${version(highest).name}`;
}

function countBecause(values: readonly number[], of: string): string {
  const grease = values.filter(isGrease).length;
  const rest = values.length - grease;
  return `${rest} ${of}${grease > 0 ? `, ${grease} of GREASE not counted` : ''}${rest > 99 ? ', 99 is the most' : ''}`;
}

function alpnBecause(alpn: readonly string[] | null): string {
  const first = alpn?.[0];
  if (first === undefined) return alpn === null ? 'no ALPN' : 'ALPN without a protocol';
  if (first === '') return 'the first ALPN protocol is empty';
  return /^[0-9A-Za-z](?:.*[0-9A-Za-z])?$/s.test(first)
    ? 'first and last character of the first ALPN protocol'
    : 'first and last hex digit of the first ALPN protocol, which is not alphanumeric';
}

function partC(input: string, hash: string, hello: ClientHello): Ja4Part {
  const notHashed = hello.extensionTypes.filter(
    (type) => isGrease(type) || type === ExtensionType.serverName || type === ExtensionType.alpn,
  );
  return {
    input,
    hash,
    leftOut: [...notHashed.map(extensionType), ...greaseOf(hello.signatureAlgorithms ?? [], signatureScheme)],
  };
}

function greaseOf(values: readonly number[], naming: (value: number) => NamedValue): NamedValue[] {
  return values.filter(isGrease).map(naming);
}
