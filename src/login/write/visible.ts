// What cannot be seen as itself: controls, format characters (bidirectional marks, zero-width ones), surrogates, private and unassigned characters, separators and
// spaces that are not the space, and what is drawn as nothing.
const unseen = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}/gu;
const plain = /^[\x20-\x7e]*$/;

/** A text, or JSON, in which all that cannot be seen is written `\uXXXX`. In JSON (RFC 8259 section 7) it stays the same text. */
export function visible(text: string): string {
  if (plain.test(text)) return text;
  return text.replace(unseen, (character) => {
    let escaped = '';
    for (let i = 0; i < character.length; i++) {
      escaped += `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`;
    }
    return escaped;
  });
}
