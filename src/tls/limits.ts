/** Ceilings for what a peer may announce. Each is met before anything is buffered. */

/**
 * Largest record accepted. RFC 5246 section 6.2.3 lets ciphertext grow to 2^14 + 2048, RFC 8446 section 5.2 to 2^14 + 256; what comes before and
 * right after a hello is plaintext (at most 2^14), so the smaller ceiling loses nothing and refuses more garbage.
 */
export const MAX_RECORD_BYTES = 2 ** 14 + 256;

/**
 * Largest hello accepted by default, its four-byte header included. Hellos with post-quantum key shares are about 1,800 bytes, the largest seen in
 * captures 2,480; 64 KiB leaves room for tickets, padding and larger key shares, and bounds what one silent connection may make us hold.
 */
export const MAX_HELLO_BYTES = 64 * 1024;

/**
 * Records one hello may be spread over by default, alerts and change_cipher_spec before it included. Tools that dodge censors write one byte a
 * record, so this must exceed the bytes of any real hello; it bounds the work of a peer that sends headers with nothing in them.
 */
export const MAX_RECORDS_PER_HELLO = 4096;

/** Records of length zero before a hello is complete; the figure is OpenSSL's (`MAX_EMPTY_RECORDS`). Nothing real sends any. */
export const MAX_EMPTY_RECORDS = 32;
