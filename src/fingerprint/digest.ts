import { hash } from 'node:crypto';

/** MD5 as 32 lower-case hex digits. MD5 is part of JA3's definition: a name for a string, no protection of anything. */
export function md5(ascii: string): string {
  return hash('md5', ascii);
}

/** The first twelve lower-case hex digits of SHA-256, as JA4 has it. */
export function sha256Prefix(ascii: string): string {
  return hash('sha256', ascii).slice(0, 12);
}
