import { isGrease } from '../tls/index.js';

/** Decimal numbers joined by `-`, GREASE left out: a field of a JA3 string. */
export function withoutGrease(values: readonly number[] | null): string {
  if (values === null) return '';
  let field = '';
  for (const value of values) {
    if (isGrease(value)) continue;
    field += field === '' ? value : `-${value}`;
  }
  return field;
}

/** Decimal numbers joined by `-`, all of them. */
export function everyValue(values: readonly number[] | null): string {
  return values === null ? '' : values.join('-');
}
