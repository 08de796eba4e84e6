import type { FingerprintValue, ServerHello } from '../model/index.js';
import { md5 } from './digest.js';

/** JA3S: `version,cipher,extensions` of a ServerHello, MD5. legacy_version, wire order, nothing left out. */
export function ja3s(hello: ServerHello): FingerprintValue {
  const extensionTypes = (hello.extensions ?? []).map((extension) => extension.type);
  const string = `${hello.legacyVersion},${hello.cipherSuite},${extensionTypes.join('-')}`;
  return { string, hash: md5(string) };
}
