import { X509Certificate } from 'node:crypto';
import { SensorError } from '../errors.js';
import { MAX_FILE_BYTES } from './limits.js';
import { isCertificate, pemBlocks } from './pem.js';
import { readTextFile } from './read-file.js';
import type { LoadOptions } from './types.js';

/**
 * Reads the authorities that a peer's certificate must come from.
 *
 * @returns them in PEM, and a warning for each that has expired
 * @throws SensorError `file_unreadable`, `file_too_large`, `certificate_invalid`
 */
export function loadAuthorities(
  path: string,
  { readFile = readTextFile, now = Date.now() }: LoadOptions = {},
): { readonly pem: string; readonly warnings: readonly string[] } {
  const blocks = pemBlocks(readFile(path, MAX_FILE_BYTES).text).filter(isCertificate);
  if (blocks.length === 0) {
    throw new SensorError('certificate_invalid', 'ca', 0, `${path}: has no certificate in PEM form`);
  }
  const warnings: string[] = [];
  for (const [i, { text, offset }] of blocks.entries()) {
    try {
      const { validTo } = new X509Certificate(text);
      if (Date.parse(validTo) < now) warnings.push(`${path}: certificate ${i + 1} of the file has expired`);
    } catch (cause) {
      const message = `${path}: certificate ${i + 1} of the file cannot be read`;
      throw new SensorError('certificate_invalid', 'ca', offset, message, { cause });
    }
  }
  return { pem: blocks.map(({ text }) => text).join(''), warnings };
}
