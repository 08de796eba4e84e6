/** RFC 9051 section 9, sequence-set: numbers that are not zero, `*` for the highest there is. */
const SET = /^(?:[1-9]\d{0,9}|\*)(?::(?:[1-9]\d{0,9}|\*))?(?:,(?:[1-9]\d{0,9}|\*)(?::(?:[1-9]\d{0,9}|\*))?)*$/;

/**
 * Whether a set names the only message of a mailbox, whose number and UID are 1.
 *
 * @returns null where it is no set
 */
export function namesMessage(text: string): boolean | null {
  if (!SET.test(text)) return null;
  return text.split(',').some((range) => range.split(':').some((number) => number === '*' || Number(number) === 1));
}
