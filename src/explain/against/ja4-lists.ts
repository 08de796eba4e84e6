import type { ClientHello } from '../../model/index.js';
import { ExtensionType, isGrease } from '../../tls/index.js';
import { extensionType } from '../named.js';
import { situationalSubsets } from './situational.js';
import type { Deviation } from './types.js';

/** A way to write what part b or c hashes, and how it deviates. */
export interface Variant {
  readonly input: string;
  readonly deviations: readonly Deviation[];
  /** Extensions that are not in it. */
  readonly missing: readonly number[];
}

const deviation = (code: string, text: string): Deviation => ({ code, text });

/** The words for extensions that a tool, or another hello of the same client, did without. */
export function extensionsMissing(types: readonly number[]): Deviation {
  return deviation('extensions_missing', `without ${types.map((type) => extensionType(type).name).join(', ')}`);
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

export function* cipherVariants({ cipherSuites }: ClientHello): Generator<Variant> {
  for (const { values, deviations } of listings(cipherSuites, 'ciphers')) {
    yield { input: hex(values), deviations: values.length > 0 ? deviations : [hashOfNothing], missing: [] };
  }
}

const hashOfNothing = deviation('hash_of_nothing', 'the hash of an empty list, where zeros belong');

export function* extensionVariants(hello: ClientHello): Generator<Variant> {
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
    const gone = missing.length === 0 ? [] : [extensionsMissing(missing)];
    const hashed: readonly Listing[] = [
      { values: left.filter((type) => type !== serverName && type !== alpn), deviations: [] },
      { values: left, deviations: [deviation('sni_alpn_hashed', 'server_name and ALPN hashed too')] },
    ];
    for (const part of hashed) {
      for (const extensions of listings(part.values, 'extensions')) {
        for (const listed of signatures) {
          const input = hex(extensions.values) + (listed.values.length > 0 ? `_${hex(listed.values)}` : '');
          const deviations = [...gone, ...part.deviations, ...extensions.deviations, ...listed.deviations];
          yield { input, deviations: input === '' ? [hashOfNothing] : deviations, missing };
        }
      }
    }
  }
}
