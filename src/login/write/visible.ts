import { escapeUnseen } from '../../unseen.js';

// Most lines are: nothing in them needs to be looked at.
const plain = /^[\x20-\x7e]*$/;

/** A text, or JSON, in which everything can be seen. */
export function visible(text: string): string {
  return plain.test(text) ? text : escapeUnseen(text);
}
