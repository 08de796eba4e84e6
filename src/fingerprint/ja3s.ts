import type { FingerprintValue, ServerHello } from '../model/index.js';
import { md5 } from './digest.js';
import { everyValue } from './fields.js';

/** JA3S: `version,cipher,extensions` of a ServerHello, MD5. legacy_version, wire order, nothing left out. */
export function ja3s(hello: ServerHello): FingerprintValue {
  const extensionTypes = hello.extensions?.map((extension) => extension.type) ?? null;
  const string = `${hello.legacyVersion},${hello.cipherSuite},${everyValue(extensionTypes)}`;
  return { string, hash: md5(string) };
}
