export type FilterArgument = string | number;

/** What becomes of a value; its arguments were looked at before. */
export type Filter = (value: string) => string;

/** Makes a filter. null: not with these arguments. */
type Maker = (args: readonly FilterArgument[]) => Filter | null;

export const localPart = (name: string): string => (name.includes('@') ? name.slice(0, name.indexOf('@')) : name);
export const domainPart = (name: string): string => (name.includes('@') ? name.slice(name.indexOf('@') + 1) : '');

const without =
  (filter: Filter): Maker =>
  (args) =>
    args.length === 0 ? filter : null;

const isCount = (arg: FilterArgument | undefined): arg is number => typeof arg === 'number' && arg >= 0;

/** Those of Dovecot 2.4's filters (its `Settings variables`) that have a sense in a log line. Lengths and places count characters. */
const makers: Readonly<Record<string, Maker>> = {
  upper: without((value) => value.toUpperCase()),
  lower: without((value) => value.toLowerCase()),
  username: without(localPart),
  domain: without(domainPart),
  reverse: without((value) => Array.from(value).reverse().join('')),
  default: ([text, ...more]) =>
    typeof text !== 'string' || more.length > 0 ? null : (value) => (value === '' ? text : value),
  truncate: ([length, ...more]) =>
    !isCount(length) || more.length > 0 ? null : (value) => Array.from(value).slice(0, length).join(''),
  substr: ([from, length, ...more]) => {
    if (typeof from !== 'number' || (length !== undefined && !isCount(length)) || more.length > 0) return null;
    return (value) => {
      const characters = Array.from(value);
      // A negative place counts from the end; one that lies outside is no error here, unlike there.
      const start = from < 0 ? Math.max(0, characters.length + from) : from;
      return characters.slice(start, length === undefined ? undefined : start + length).join('');
    };
  },
};

export const filterNames: readonly string[] = Object.keys(makers);

/** @returns null where a filter of that name does not take such arguments */
export function makeFilter(name: string, args: readonly FilterArgument[]): Filter | null {
  return makers[name]!(args);
}
