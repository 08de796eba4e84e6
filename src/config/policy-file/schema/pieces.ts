import { z } from 'zod';
import { checked, expects, list, text } from '../../schema/pieces.js';
import { parseDuration } from '../../texts.js';
import { MAX_PATTERN, MAX_VALUES } from '../limits.js';

/** YAML 1.2 knows `true` and `false`; rules read better with `yes` and `no`. */
export function yesOrNo() {
  const what = 'yes or no';
  const words: Readonly<Record<string, { is: boolean }>> = { yes: { is: true }, no: { is: false } };
  const word = text(what, (value) => (Object.hasOwn(words, value) ? words[value]! : null))
    .transform(({ is }) => is)
    .meta({ enum: ['yes', 'no'] });
  return z.union([z.boolean(expects(what)), word], expects(what));
}

/** Seconds. @param min,max as the file would have them */
export function seconds(min: string, max: string) {
  const [least, most] = [parseDuration(min)!, parseDuration(max)!];
  return text(`a time from ${min} to ${max} in whole seconds with its unit (s, m, h, d)`, (value) => {
    const milliseconds = parseDuration(value);
    if (milliseconds === null || milliseconds < least || milliseconds > most) return null;
    return milliseconds % 1000 === 0 ? milliseconds / 1000 : null;
  });
}

/** A number that may have decimals. A file's are texts (../../yaml.ts). */
export function decimal(min: number, max: number) {
  const what = `a number from ${min} to ${max}, with two decimals at most`;
  const inText = text(what, (value) => {
    const number = /^\d{1,6}(?:\.\d{1,2})?$/.test(value) ? Number(value) : Number.NaN;
    return number >= min && number <= max ? number : null;
  });
  return z.union([z.int(expects(what)).min(min, expects(what)).max(max, expects(what)), inText], expects(what));
}

/** One value of a condition, or several. */
export function values<T extends z.ZodType>(item: T, one: string) {
  const what = expects(`${one}, or a list of up to ${MAX_VALUES} such`);
  return z
    .union([item, list(item, 'such').min(1, what).max(MAX_VALUES, what)], what)
    .transform((value) => (Array.isArray(value) ? value : [value]) as z.output<T>[]);
}

/** A name with wildcards. */
export const pattern = (what: string) =>
  checked(`${what}, * for any characters`, (value) => value.length <= MAX_PATTERN && /^[^\p{Cc}]+$/u.test(value));
