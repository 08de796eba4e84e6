import { createHash } from 'node:crypto';
import { SensorError } from '../../errors.js';

/** Those of Dovecot's mechanisms that OpenSSL has too. */
export const hashMechanisms = ['md5', 'sha1', 'sha256', 'sha384', 'sha512', 'sha3-256', 'sha3-512'] as const;

/** How a password is told without telling it: equal ones look equal, and of 12 bits nobody learns more. */
export class PasswordHash {
  readonly #mechanism: string;
  readonly #nonce: string;
  readonly #bits: number;

  /**
   * @param bits how many are kept; 0: all
   * @throws SensorError `policy_setting`
   */
  constructor(mechanism: string, nonce: string, bits: number) {
    if (!(hashMechanisms as readonly string[]).includes(mechanism)) {
      throw new SensorError('policy_setting', 'hash_mech', 0, `expected one of ${hashMechanisms.join(', ')}`);
    }
    if (nonce === '') throw new SensorError('policy_setting', 'hash_nonce', 0, 'a nonce is needed');
    if (!Number.isInteger(bits) || bits < 0) {
      throw new SensorError('policy_setting', 'hash_truncate', 0, 'expected a number of bits');
    }
    this.#mechanism = mechanism;
    this.#nonce = nonce;
    this.#bits = bits;
  }

  /**
   * The hash of nonce, user, a zero byte and password: its first bits, right-aligned in as many bytes as they need, in lower-case hex. As `%{hashed_password}` of
   * Dovecot's auth-policy.c.
   *
   * @param password null: none is known (yet), and none is hashed
   */
  of(user: string, password: Uint8Array | null): string {
    const hash = createHash(this.#mechanism).update(this.#nonce).update(user).update(Uint8Array.of(0));
    if (password !== null) hash.update(password);
    return firstBits(hash.digest(), this.#bits).toString('hex');
  }
}

/** The first bits of bytes, shifted to the right end of as few bytes as hold them. */
function firstBits(bytes: Buffer, bits: number): Buffer {
  if (bits === 0 || bits >= bytes.length * 8) return bytes;
  const kept = bytes.subarray(0, Math.ceil(bits / 8));
  const shift = kept.length * 8 - bits;
  let carried = 0;
  for (const [at, byte] of kept.entries()) {
    kept[at] = (carried << (8 - shift)) | (byte >>> shift);
    carried = byte;
  }
  return kept;
}
