import { knownToOpenSsl, withoutGrease } from '../../fingerprint/index.js';
import type { OpenSslGeneration } from '../../model/index.js';
import { isGrease } from '../../tls/index.js';
import type { SentLists } from '../ja3-derivation.js';
import type { AgainstMatch } from './types.js';

/**
 * What a tool may have hashed: the five lists with everything that was sent, and what it did with them. This is the one place that writes a string
 * of the JA3 family by other rules than a fingerprint's own.
 */
export interface Draft extends SentLists {
  /** A number: that value of GREASE stands where the hello's own stood. */
  readonly cipherGrease: 'out' | 'in' | number;
  readonly extensionGrease: boolean;
  readonly groupGrease: boolean;
  readonly sortCiphers: boolean;
  readonly sortExtensions: boolean;
  readonly sortGroups: boolean;
  /** What came behind the string. */
  readonly suffix: string;
}

export interface Base {
  readonly view: AgainstMatch['view'];
  readonly draft: Draft;
}

/** The fingerprints themselves, as drafts: what other tools did is told by how it deviates from one of them. */
export function basesOf(sent: SentLists): Base[] {
  const ja3: Draft = {
    version: sent.version,
    cipherSuites: sent.cipherSuites,
    extensions: sent.extensions,
    supportedGroups: sent.supportedGroups,
    ecPointFormats: sent.ecPointFormats,
    cipherGrease: 'out',
    extensionGrease: false,
    groupGrease: false,
    sortCiphers: false,
    sortExtensions: false,
    sortGroups: false,
    suffix: '',
  };
  const sslJa3 = (openssl: OpenSslGeneration): Base => ({
    view: `ssl_ja3_${openssl}`,
    draft: { ...ja3, version: 771, cipherGrease: 'in', extensions: knownToOpenSsl(sent.extensions, openssl) },
  });
  return [
    { view: 'ja3', draft: ja3 },
    { view: 'ja3n', draft: { ...ja3, sortExtensions: true } },
    sslJa3('3.0'),
    sslJa3('3.5'),
  ];
}

export function draftString(draft: Draft): string {
  const ciphers = ordered(ciphersOf(draft), draft.sortCiphers);
  const extensions = ordered(greased(draft.extensions, draft.extensionGrease), draft.sortExtensions);
  const groups = ordered(greased(draft.supportedGroups, draft.groupGrease), draft.sortGroups);
  const lists = [ciphers, extensions, groups, draft.ecPointFormats];
  return `${draft.version},${lists.map((list) => list.join('-')).join(',')}${draft.suffix}`;
}

function ciphersOf({ cipherSuites, cipherGrease }: Draft): readonly number[] {
  if (typeof cipherGrease === 'string') return greased(cipherSuites, cipherGrease === 'in');
  return cipherSuites.map((value) => (isGrease(value) ? cipherGrease : value));
}

const greased = (values: readonly number[], kept: boolean): readonly number[] =>
  kept ? values : withoutGrease(values);

const ordered = (values: readonly number[], sorted: boolean): readonly number[] =>
  sorted ? [...values].sort((a, b) => a - b) : values;
