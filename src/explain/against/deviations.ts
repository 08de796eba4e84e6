import { knownToOpenSsl } from '../../fingerprint/index.js';
import { ExtensionType, isGrease } from '../../tls/index.js';
import { extensionType, version } from '../named.js';
import type { Base, Draft } from './draft.js';
import { situationalSubsets } from './situational.js';
import type { Deviation } from './types.js';

/** One thing a tool may do. Rarer things count more, so that the likelier story is found first. */
export interface Option extends Deviation {
  readonly cost: number;
  readonly change: (draft: Draft) => Partial<Draft>;
}

/** What is known of a hello beside its lists. */
export interface Surroundings {
  readonly recordVersion: number | null;
  readonly supportedVersions: readonly number[];
}

const option = (code: string, text: string, change: Option['change'], cost = 1): Option => ({
  code,
  text,
  change,
  cost,
});

/** Of each of these lists a tool does one thing or none. */
export function optionsFor(base: Base, around: Surroundings): Option[][] {
  const { draft } = base;
  return [
    versions(draft, around),
    cipherGrease(draft),
    draft.cipherSuites.length > 1
      ? [option('ciphers_sorted', 'cipher suites sorted', () => ({ sortCiphers: true }))]
      : [],
    signallingSuites(draft),
    draft.extensions.some(isGrease)
      ? [option('grease_in_extensions', 'GREASE left in the extensions', () => ({ extensionGrease: true }))]
      : [],
    draft.sortExtensions
      ? []
      : [option('extensions_sorted', 'extensions sorted by number', () => ({ sortExtensions: true }))],
    extensionSets(base),
    groups(draft),
    draft.ecPointFormats.length > 0
      ? [option('point_formats_missing', 'point formats missing', () => ({ ecPointFormats: [] }))]
      : [],
    [option('line_end', 'the string was hashed with a line end behind it', () => ({ suffix: '\n' }))],
  ];
}

/** SSL 2.0 and 3.0, TLS 1.0 to 1.3. */
const VERSIONS = [0x0002, 0x0300, 0x0301, 0x0302, 0x0303, 0x0304];

function versions(draft: Draft, { recordVersion, supportedVersions }: Surroundings): Option[] {
  const real = supportedVersions.filter((value) => !isGrease(value));
  const candidates = new Set([
    ...(recordVersion === null ? [] : [recordVersion]),
    ...(real.length === 0 ? [] : [Math.max(...real)]),
    ...supportedVersions.slice(0, 1),
    ...VERSIONS,
  ]);
  candidates.delete(draft.version);
  return [...candidates].map((value) => {
    const where =
      value === recordVersion
        ? ', that of the record layer'
        : real.length > 0 && value === Math.max(...real)
          ? ', the highest of supported_versions'
          : value === supportedVersions[0]
            ? ', the first of supported_versions'
            : '';
    const code = value === recordVersion ? 'record_version' : where === '' ? 'other_version' : 'supported_version';
    return option(code, `version ${value} (${version(value).name})${where}`, () => ({ version: value }));
  });
}

function cipherGrease(draft: Draft): Option[] {
  if (!draft.cipherSuites.some(isGrease)) return [];
  if (draft.cipherGrease === 'out') {
    return [option('grease_in_ciphers', 'GREASE left in the cipher suites', () => ({ cipherGrease: 'in' }))];
  }
  return Array.from({ length: 16 }, (_, high) => 0x0a0a + 0x1010 * high).map((value) =>
    option('other_grease', `another hello of this client, with ${value} as its GREASE cipher`, () => ({
      cipherGrease: value,
    })),
  );
}

/** TLS_EMPTY_RENEGOTIATION_INFO_SCSV (RFC 5746) and TLS_FALLBACK_SCSV (RFC 7507). */
const SCSV = [0x00ff, 0x5600];

function signallingSuites(draft: Draft): Option[] {
  if (!draft.cipherSuites.some((value) => SCSV.includes(value))) return [];
  return [
    option('scsv_left_out', 'signalling cipher suites (255, 22016) left out', ({ cipherSuites }) => ({
      cipherSuites: cipherSuites.filter((value) => !SCSV.includes(value)),
    })),
  ];
}

const names = (types: readonly number[]): string =>
  types.map((type) => `${extensionType(type).name} (${type})`).join(', ');

function extensionSets({ view, draft }: Base): Option[] {
  const types = draft.extensions;
  const options: Option[] = [];
  if (view === 'ja3' || view === 'ja3n') {
    for (const openssl of ['3.0', '3.5'] as const) {
      const known = knownToOpenSsl(types, openssl);
      if (known.length === types.length) continue;
      options.push(
        option('hidden_extensions', `only the extensions that OpenSSL ${openssl} knows`, () => ({ extensions: known })),
      );
    }
  }
  for (const subset of situationalSubsets(types)) {
    options.push(
      option(
        'extensions_missing',
        `without ${names(subset)}`,
        () => ({ extensions: types.filter((type) => !subset.includes(type)) }),
        Math.min(subset.length, 2),
      ),
    );
  }
  options.push(...additions(types), ...cuts(draft));
  return options;
}

/** The same client in another situation sends an extension more, each where libraries put it. */
function additions(types: readonly number[]): Option[] {
  const { serverName, padding, preSharedKey } = ExtensionType;
  const pskAt = types.indexOf(preSharedKey);
  const end = pskAt < 0 ? types.length : pskAt;
  const places: readonly (readonly [type: number, at: number])[] = [
    [serverName, 0],
    [padding, end],
    // RFC 8446 section 4.2.11: always the last.
    [preSharedKey, types.length],
  ];
  return places
    .filter(([type]) => !types.includes(type))
    .map(([type, at]) =>
      option('extension_added', `with ${names([type])}, which this hello has not`, () => ({
        extensions: types.toSpliced(at, 0, type),
      })),
    );
}

/** A tool that has the first TCP segment only, and makes do with the extensions in it. Where the cut is need not be known: each place is tried. */
function cuts(draft: Draft): Option[] {
  const { supportedGroups, ecPointFormats } = ExtensionType;
  return draft.extensions.map((_, kept) => {
    const extensions = draft.extensions.slice(0, kept);
    return option(
      'cut_short',
      `the hello cut short behind ${kept} of ${draft.extensions.length} extensions, as in its first TCP segment`,
      () => ({
        extensions,
        ...(extensions.includes(supportedGroups) ? {} : { supportedGroups: [] }),
        ...(extensions.includes(ecPointFormats) ? {} : { ecPointFormats: [] }),
      }),
      2,
    );
  });
}

function groups(draft: Draft): Option[] {
  const { supportedGroups } = draft;
  if (supportedGroups.length === 0) return [];
  return [
    ...(supportedGroups.some(isGrease)
      ? [option('grease_in_groups', 'GREASE left in the groups', () => ({ groupGrease: true }))]
      : []),
    option('groups_sorted', 'groups sorted', () => ({ sortGroups: true })),
    option('groups_missing', 'groups missing', () => ({ supportedGroups: [] })),
  ];
}
