import { sha256Prefix } from '../../fingerprint/index.js';
import type { ClientHello } from '../../model/index.js';
import { ExtensionType, isGrease } from '../../tls/index.js';
import { extensionType } from '../named.js';
import type { Ja4Derivation } from '../types.js';
import { situationalSubsets } from './situational.js';
import type { AgainstResult, Deviation, Ja4PartAgainst } from './types.js';

/** `a_b_c` of a TLS client. */
export const JA4 = /^[tqd][0-9a-z]{2}[di]\d{4}[0-9a-z]{2}_[0-9a-f]{12}_[0-9a-f]{12}$/i;

/** A way to write what part b or c hashes, and how it deviates. */
interface Variant {
  readonly input: string;
  readonly deviations: readonly Deviation[];
}

const deviation = (code: string, text: string): Deviation => ({ code, text });

/** Compares another tool's ja4 with ours part by part, and says of each part that differs what makes it so. */
export function compareJa4(theirs: string, ours: Ja4Derivation, hello: ClientHello): AgainstResult {
  // Only the ALPN characters tell capitals apart.
  const [a = '', b = '', c = ''] = theirs.split('_');
  const parts: Ja4PartAgainst[] = [];
  let tried = 0;
  let at = 0;
  for (const step of ours.a) {
    const text = a.slice(at, at + step.text.length);
    at += step.text.length;
    tried++;
    if (text === step.text) continue;
    parts.push({ part: step.name, ours: step.text, theirs: text, deviations: whyPartA(step.name, text, hello) });
  }
  const hashed = (part: string, own: string, other: string, variants: Iterable<Variant>): void => {
    if (own === other) return;
    let deviations: readonly Deviation[] = [];
    for (const variant of variants) {
      tried++;
      if (sha256Prefix(variant.input) !== other) continue;
      deviations = variant.deviations;
      break;
    }
    parts.push({ part, ours: own, theirs: other, deviations });
  };
  hashed('b', ours.b.hash, b.toLowerCase(), cipherVariants(hello));
  hashed('c', ours.c.hash, c.toLowerCase(), extensionVariants(hello));
  const explained = parts.every((part) => part.deviations.length > 0);
  return {
    hash: theirs,
    matches: explained
      ? [{ view: 'ja4', deviations: distinct(parts.flatMap((part) => part.deviations)), string: ours.string }]
      : [],
    parts,
    tried,
    complete: true,
  };
}

function distinct(deviations: readonly Deviation[]): Deviation[] {
  return [...new Map(deviations.map((one) => [one.text, one])).values()];
}

function whyPartA(part: string, theirs: string, hello: ClientHello): Deviation[] {
  switch (part) {
    case 'version':
      return whyVersion(theirs, hello);
    case 'sni':
      return [
        deviation(
          'other_sni',
          theirs === 'i' ? 'server_name not noticed' : 'a server_name is claimed, which the hello has not',
        ),
      ];
    case 'cipher_suites':
      return whyCount(theirs, hello.cipherSuites, []);
    case 'extensions':
      return whyCount(theirs, hello.extensionTypes, situationalSubsets(hello.extensionTypes));
    case 'alpn':
      return whyAlpn(theirs, hello.alpn);
    default:
      return [];
  }
}

const SHORT_VERSION: ReadonlyMap<string, number> = new Map([
  ['13', 0x0304],
  ['12', 0x0303],
  ['11', 0x0302],
  ['10', 0x0301],
  ['s3', 0x0300],
]);

function whyVersion(theirs: string, hello: ClientHello): Deviation[] {
  const value = SHORT_VERSION.get(theirs);
  if (value === hello.legacyVersion) {
    return [deviation('legacy_version', 'the version is that of legacy_version, not of supported_versions')];
  }
  if (value === 0x0304 && hello.supportedVersions !== null) {
    return [deviation('any_supported_versions', 'supported_versions is taken to mean TLS 1.3, whatever it lists')];
  }
  return [];
}

function whyCount(theirs: string, values: readonly number[], missing: readonly number[][]): Deviation[] {
  const count = Number(theirs);
  if (count === Math.min(values.length, 99)) return [deviation('grease_counted', 'GREASE is counted')];
  const own = values.filter((value) => !isGrease(value)).length;
  const { serverName, alpn } = ExtensionType;
  for (const subset of missing) {
    if (own - subset.length !== count) continue;
    const named = subset.map((type) => extensionType(type).name).join(', ');
    const inPartA = subset.every((type) => type === serverName || type === alpn);
    return [deviation(inPartA ? 'sni_alpn_not_counted' : 'extensions_missing', `${named} not counted`)];
  }
  return [];
}

function whyAlpn(theirs: string, alpn: readonly string[] | null): Deviation[] {
  const first = alpn?.[0] ?? '';
  if (theirs === '00' && first !== '') return [deviation('alpn_missing', 'ALPN not noticed')];
  if (theirs === first.slice(0, 2)) {
    return [deviation('alpn_first_two', 'the first two characters of the ALPN protocol, not its first and last')];
  }
  if (theirs === '99' && first !== '') {
    return [
      deviation(
        'alpn_99',
        'written 99, as the programs of FoxIO do for what is not ASCII, against their specification',
      ),
    ];
  }
  return [];
}

const hex = (values: readonly number[]): string => values.map((value) => value.toString(16).padStart(4, '0')).join(',');

interface Listing {
  readonly values: readonly number[];
  readonly deviations: readonly Deviation[];
}

/** A list sorted and as sent, with and without GREASE; the right way first. */
function listings(values: readonly number[], what: string): Listing[] {
  const order = (list: readonly number[]): number[] => [...list].sort((a, b) => a - b);
  const unsorted = deviation(`${what}_as_sent`, `${what} hashed in the order they were sent (as in ja4_o)`);
  const grease = deviation(`grease_in_${what}`, `GREASE left in the ${what}`);
  const plain = values.filter((value) => !isGrease(value));
  return [
    { values: order(plain), deviations: [] },
    { values: plain, deviations: [unsorted] },
    { values: order(values), deviations: [grease] },
    { values, deviations: [unsorted, grease] },
  ];
}

function* cipherVariants({ cipherSuites }: ClientHello): Generator<Variant> {
  for (const { values, deviations } of listings(cipherSuites, 'ciphers')) {
    yield { input: hex(values), deviations: values.length > 0 ? deviations : [hashOfNothing] };
  }
}

const hashOfNothing = deviation('hash_of_nothing', 'the hash of an empty list, where zeros belong');

function* extensionVariants(hello: ClientHello): Generator<Variant> {
  const { serverName, alpn } = ExtensionType;
  const schemes = hello.signatureAlgorithms ?? [];
  const signatures: Listing[] = [
    { values: schemes.filter((value) => !isGrease(value)), deviations: [] },
    { values: schemes, deviations: [deviation('grease_in_signatures', 'GREASE left in the signature algorithms')] },
    {
      values: [...schemes].sort((a, b) => a - b),
      deviations: [deviation('signatures_sorted', 'signature algorithms sorted')],
    },
    { values: [], deviations: [deviation('signatures_missing', 'signature algorithms missing')] },
  ];
  for (const missing of [[], ...situationalSubsets(hello.extensionTypes)]) {
    const left = hello.extensionTypes.filter((type) => !missing.includes(type));
    const named = missing.map((type) => extensionType(type).name).join(', ');
    const gone = missing.length === 0 ? [] : [deviation('extensions_missing', `without ${named}`)];
    const hashed: readonly Listing[] = [
      { values: left.filter((type) => type !== serverName && type !== alpn), deviations: [] },
      { values: left, deviations: [deviation('sni_alpn_hashed', 'server_name and ALPN hashed too')] },
    ];
    for (const part of hashed) {
      for (const extensions of listings(part.values, 'extensions')) {
        for (const listed of signatures) {
          const input = hex(extensions.values) + (listed.values.length > 0 ? `_${hex(listed.values)}` : '');
          const deviations = [...gone, ...part.deviations, ...extensions.deviations, ...listed.deviations];
          yield { input, deviations: input === '' ? [hashOfNothing] : deviations };
        }
      }
    }
  }
}
