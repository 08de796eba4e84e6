import { describe, expect, it } from 'vitest';
import { offeredVersion } from '../../../src/fingerprint/offered-version.js';
import { helloWith } from '../../harness/observation.js';

const offered = (legacyVersion: number, supportedVersions: number[] | null) =>
  offeredVersion(helloWith({ legacyVersion, supportedVersions }));

describe('offeredVersion', () => {
  it.each([
    ['the highest of supported_versions', 0x0303, [0x0303, 0x0304, 0x0302], '1.3'],
    ['supported_versions below legacy_version', 0x0303, [0x0302], '1.1'],
    ['legacy_version where there is no extension', 0x0301, null, '1.0'],
    ['legacy_version where only GREASE is offered', 0x0303, [0x0a0a, 0xfafa], '1.2'],
    ['GREASE passed over (RFC 8701)', 0x0303, [0xfafa, 0x0304], '1.3'],
    ['a draft of TLS 1.3', 0x0303, [0x7f1c, 0x0303], '1.3-draft-28'],
    ['TLS 1.3 above its drafts, whatever their numbers', 0x0303, [0x7f1c, 0x0304], '1.3'],
    ['SSL 3.0', 0x0300, null, 'SSLv3'],
    ['DTLS, whose numbers count down (RFC 9147)', 0xfefd, [0xfefc, 0xfefd, 0xfeff], '1.3'],
    ['a number nobody knows', 0x0303, [0x0399], '0x0399'],
  ] as const)('tells %s', (_what, legacy, supported, row) => {
    expect(offered(legacy, supported && [...supported]).row).toBe(row);
  });
});
