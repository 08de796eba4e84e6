import type { ClientHello } from '../../model/index.js';
import { ExtensionType, isGrease } from '../../tls/index.js';
import type { Ja4Step } from '../types.js';
import { extensionsMissing } from './ja4-lists.js';
import type { Deviation } from './types.js';

const deviation = (code: string, text: string): Deviation => ({ code, text });

/**
 * Why another tool writes something else in a piece of part a; empty: no known reason.
 *
 * @param missing extensions that its part c has been found to be without
 */
export function whyPartA(
  part: Ja4Step['name'],
  theirs: string,
  hello: ClientHello,
  missing: readonly number[],
): Deviation[] {
  switch (part) {
    case 'transport':
      return [];
    case 'version':
      return whyVersion(theirs, hello);
    case 'sni':
      return [
        theirs === 'i'
          ? deviation('other_sni', 'server_name not noticed')
          : deviation('other_sni', 'a server_name is claimed, which the hello has not'),
      ];
    case 'cipher_suites':
      return countsGrease(theirs, hello.cipherSuites);
    case 'extensions':
      return whyExtensionCount(theirs, hello.extensionTypes, missing);
    case 'alpn':
      return whyAlpn(theirs, hello.alpn);
  }
}

function countsGrease(theirs: string, values: readonly number[]): Deviation[] {
  return Number(theirs) === Math.min(values.length, 99) ? [deviation('grease_counted', 'GREASE is counted')] : [];
}

function whyExtensionCount(theirs: string, types: readonly number[], missing: readonly number[]): Deviation[] {
  const grease = countsGrease(theirs, types);
  if (grease.length > 0) return grease;
  const { serverName, alpn } = ExtensionType;
  const found = missing.length === 0 ? [] : [extensionsMissing(missing)];
  // What else is not counted does not show in part c.
  const uncounted = types.filter((type) => !isGrease(type)).length - missing.length - Number(theirs);
  if (uncounted === 0) return found;
  const inPartA = [serverName, alpn].filter((type) => types.includes(type) && !missing.includes(type));
  if (uncounted < 0 || uncounted > inPartA.length) return [];
  const text = uncounted === 2 ? 'server_name and ALPN not counted' : 'server_name or ALPN not counted';
  return [...found, deviation('sni_alpn_not_counted', text)];
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
