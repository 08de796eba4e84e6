import { type Ja3Lists, md5 } from '../fingerprint/index.js';
import { asDovecotSays, unorderedKey, withoutGreaseLists } from './lists.js';

/**
 * What is the same for one client in every situation, as 32 lower-case hex digits: whether it resumes a session or not, whatever name it asks for, in whatever order it
 * sends its extensions and whichever GREASE it draws. All that is left out which only some of those who tell of a hello can see (the version, extensions that
 * OpenSSL hides), so that an ssl_ja3 that Dovecot told, linked with whichever OpenSSL, and the ja3 of the same hello have one key.
 *
 * @param lists of a hello, or of a ja3 or ssl_ja3 string
 */
export function deviceKeyOf(lists: Ja3Lists): string {
  return md5(unorderedKey(asDovecotSays(withoutGreaseLists(lists))));
}

/**
 * The same where nothing but a hash is known, and nobody knows of what. It tells such clients apart, but not their situations: one that resumes has another.
 *
 * @param view what `hash` is of
 */
export function deviceKeyOfHash(view: 'ja3' | 'ja3n' | 'ssl_ja3' | 'ja4', hash: string): string {
  return md5(`${view} ${hash}`);
}
