import type { ClientHello, HelloShape } from '../model/index.js';
import { isGrease } from '../tls/index.js';

interface VersionName {
  /** Order of age: what was highest is told by this, since DTLS numbers count down and the numbers of TLS 1.3's drafts lie above TLS 1.3's. */
  readonly rank: number;
  readonly row: string;
  /** Suricata's word for it. */
  readonly eve: string;
}

const versions = new Map<number, VersionName>([
  [0x0002, { rank: 0, row: 'SSLv2', eve: 'SSLv2' }],
  [0x0300, { rank: 1, row: 'SSLv3', eve: 'SSLv3' }],
  [0x0301, { rank: 2, row: '1.0', eve: 'TLSv1' }],
  [0x0302, { rank: 3, row: '1.1', eve: 'TLS 1.1' }],
  [0x0303, { rank: 4, row: '1.2', eve: 'TLS 1.2' }],
  [0x0304, { rank: 6, row: '1.3', eve: 'TLS 1.3' }],
  // RFC 9147 section 5.3: DTLS versions are the ones' complement of TLS versions; there is no DTLS 1.1.
  [0xfeff, { rank: 2, row: '1.0', eve: 'DTLS 1.0' }],
  [0xfefd, { rank: 4, row: '1.2', eve: 'DTLS 1.2' }],
  [0xfefc, { rank: 6, row: '1.3', eve: 'DTLS 1.3' }],
]);

function versionName(version: number): VersionName {
  const known = versions.get(version);
  if (known !== undefined) return known;
  // RFC 8446's drafts named themselves 0x7f and the number of the draft.
  if (version >>> 8 === 0x7f) {
    const draft = version & 0xff;
    return { rank: 5, row: `1.3-draft-${draft}`, eve: `TLS 1.3 draft-${draft}` };
  }
  const hex = `0x${version.toString(16).padStart(4, '0')}`;
  return { rank: -1, row: hex, eve: hex };
}

const known = new WeakMap<HelloShape, VersionName>();

/** The highest version offered: of supported_versions (RFC 8446 section 4.2.1) without GREASE, else legacy_version. */
export function offeredVersion(hello: ClientHello): VersionName {
  let version = known.get(hello.shape);
  if (version === undefined) {
    version = highestVersion(hello);
    known.set(hello.shape, version);
  }
  return version;
}

function highestVersion(hello: ClientHello): VersionName {
  let best: VersionName | null = null;
  for (const version of hello.supportedVersions ?? []) {
    if (isGrease(version)) continue;
    const name = versionName(version);
    if (best === null || name.rank > best.rank) best = name;
  }
  return best ?? versionName(hello.legacyVersion);
}
