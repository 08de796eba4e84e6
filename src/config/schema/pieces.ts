import { z } from 'zod';
import { alternatives } from '../shown.js';
import { isAddress, isNetwork, parseDuration, parseHostPort, parseSize } from '../texts.js';

/**
 * Every schema says with its error what it expects, for `expected …, not …`; whatever is wrong with a value is said in these words. Unknown keys of mappings have
 * words of their own (../shape.ts).
 */
export const expects = (what: string): { error: () => string } => ({ error: () => what });

/** A text that means something: `parse` gives null where it does not. */
export function text<T>(what: string, parse: (text: string) => T | null) {
  return z.string(expects(what)).transform((value, context) => {
    const parsed = parse(value);
    if (parsed !== null) return parsed;
    context.issues.push({ code: 'custom', message: what, input: value });
    return z.NEVER;
  });
}

/** A text that is taken as it stands. */
export const checked = (what: string, isRight: (text: string) => boolean) =>
  text(what, (value) => (isRight(value) ? value : null));

export const oneOf = <const T extends readonly [string, ...string[]]>(words: T) =>
  z.enum(words, expects(alternatives(words)));

export const flag = () => z.boolean(expects('true or false'));

export const list = <T extends z.ZodType>(item: T, what: string) => z.array(item, expects(`a list of ${what}`));

/** One, or a list: of at least one, unless `least` is 0. */
export function oneOrMore<T extends z.ZodType>(item: T, one: string, several: string, least: 0 | 1 = 1) {
  const what = expects(`${one}, or a list of ${several}`);
  return z
    .union([item, z.array(item, what).min(least, what)], what)
    .transform((value) => (Array.isArray(value) ? value : [value]) as z.output<T>[]);
}

export const mapping = <T extends z.core.$ZodLooseShape>(shape: T) => z.strictObject(shape, expects('a mapping'));

/** How many of something. */
export function count(min: number, max: number) {
  const what = expects(`a number from ${min} to ${max}`);
  return z.int(what).min(min, what).max(max, what);
}

/** Milliseconds. @param min,max as the file would have them */
export function duration(min: string, max: string) {
  const [least, most] = [parseDuration(min)!, parseDuration(max)!];
  return text(`a time from ${min} to ${max} with its unit (ms, s, m, h, d)`, (value) => {
    const milliseconds = parseDuration(value);
    return milliseconds !== null && milliseconds >= least && milliseconds <= most ? milliseconds : null;
  });
}

/** Bytes. @param min,max as the file would have them */
export function size(min: string, max: string) {
  const [least, most] = [parseSize(min)!, parseSize(max)!];
  const what = expects(`a number of bytes from ${min} to ${max}`);
  const inBounds = (bytes: number | null) => (bytes !== null && bytes >= least && bytes <= most ? bytes : null);
  return z.union(
    [z.int(what).min(least, what).max(most, what), text(what.error(), (value) => inBounds(parseSize(value)))],
    what,
  );
}

/** A file's path: what stands in a configuration is relative to its folder. */
export const path = (what = 'the path of a file') =>
  checked(what, (value) => value !== '' && !value.includes('\0') && !value.includes('\n'));

/** A text of our own address for listening: a host name could become several, or another. */
export const bindAddress = (example: string) =>
  text(`an address with its port such as ${example}`, (value) => {
    const parsed = parseHostPort(value);
    return parsed !== null && isAddress(parsed.host) ? parsed : null;
  });

export const network = () => checked('an address or a network such as 10.0.0.0/8', isNetwork);

/** A user or group of the system. */
export const account = (what: string) => checked(what, (value) => /^[a-z0-9_][a-z0-9_.-]{0,31}\$?$/i.test(value));

/** What backends, listeners and rules are called. */
export const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,62}[A-Za-z0-9])?$/;

export const name = (what: string) =>
  checked(`${what} (up to 64 letters, digits, - _ . and no others)`, (value) => NAME.test(value));

/** Names and what belongs to each. Not z.record: it says nothing of a key that is wrong but that it is. */
export const record = <T extends z.ZodType>(key: z.ZodType<string, string>, value: T, what: string) =>
  z.record(key as z.core.$ZodRecordKey, value, expects(what)) as unknown as z.ZodType<
    Record<string, z.output<T>>,
    Record<string, z.input<T>>
  >;
