/**
 * What cannot be seen as itself: controls (C0, DEL, C1), format characters (bidirectional marks, zero-width characters, soft hyphen), lone surrogates, private and
 * unassigned characters, line and paragraph separators, spaces that are not the space, everything that is drawn as nothing (fillers, variation selectors), and the
 * blank Braille pattern.
 */
export const unseen = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}/gu;

/** A text, or JSON, in which all that cannot be seen is written as JSON escapes it. In JSON (RFC 8259 section 7) it stays the same text. */
export function escapeUnseen(text: string): string {
  return text.replace(unseen, (character) => {
    let escaped = '';
    for (let i = 0; i < character.length; i++) {
      escaped += `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`;
    }
    return escaped;
  });
}
