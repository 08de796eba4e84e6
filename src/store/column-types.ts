/** What a column holds in a file that nobody tampered with. */
export type ColumnType =
  | 'number'
  | 'number or null'
  | 'text'
  | 'text or null'
  | 'bytes'
  | 'bytes or null'
  | 'bytes or text'
  | 'bytes, text or null';

/** Its code is of the driver's kind, so that it comes out as `database_damaged` with the file's name. */
export class WrongType extends Error {
  readonly code = 'SQLITE_MISMATCH';
}

/**
 * A flipped bit can turn a text into a number without SQLite noticing: STRICT is checked when a row is written only.
 *
 * @throws an error that `guarded` knows
 */
export function checkColumns<Row extends object>(
  row: Row,
  types: Readonly<Record<keyof Row & string, ColumnType>>,
): void {
  for (const [column, type] of Object.entries<ColumnType>(types)) {
    if (!fits(row[column as keyof Row], type)) throw new WrongType(`${column} is no ${type}`);
  }
}

/** @throws an error that `guarded` knows, where it is no JSON array of texts */
export function parseList(text: string): readonly string[] {
  return parseArray(text, (item) => typeof item === 'string');
}

/** @throws an error that `guarded` knows, where it is no JSON array of names with values */
export function parsePairs(text: string): readonly (readonly [string, string | null])[] {
  return parseArray(
    text,
    (item): item is [string, string | null] =>
      Array.isArray(item) &&
      item.length === 2 &&
      typeof item[0] === 'string' &&
      (item[1] === null || typeof item[1] === 'string'),
  );
}

/** @throws an error that `guarded` knows, where it is no JSON array of such items */
export function parseArray<Item>(text: string, isItem: (item: unknown) => item is Item): readonly Item[] {
  try {
    const list: unknown = JSON.parse(text);
    if (Array.isArray(list) && list.every(isItem)) return list;
  } catch {
    // Told below, as what it is: damage.
  }
  throw new WrongType('a list is no JSON array of its kind');
}

function fits(value: unknown, type: ColumnType): boolean {
  switch (type) {
    case 'number':
      return typeof value === 'number';
    case 'number or null':
      return value === null || typeof value === 'number';
    case 'text':
      return typeof value === 'string';
    case 'text or null':
      return value === null || typeof value === 'string';
    case 'bytes':
      return Buffer.isBuffer(value);
    case 'bytes or null':
      return value === null || Buffer.isBuffer(value);
    case 'bytes or text':
      return typeof value === 'string' || Buffer.isBuffer(value);
    case 'bytes, text or null':
      return value === null || typeof value === 'string' || Buffer.isBuffer(value);
  }
}
