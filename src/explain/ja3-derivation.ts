import type { FingerprintValue } from '../model/index.js';
import { isGrease } from '../tls/index.js';
import { cipherSuite, ecPointFormat, extensionType, supportedGroup } from './named.js';
import type { DerivedField, Ja3Derivation, Ja3FieldName, LeftOut, LeftOutBecause, NamedValue } from './types.js';

/** The five lists that strings of the JA3 family are made of, with everything that was sent. */
export interface SentLists {
  readonly version: number;
  readonly cipherSuites: readonly number[];
  readonly extensions: readonly number[];
  readonly supportedGroups: readonly number[];
  readonly ecPointFormats: readonly number[];
}

export interface DerivationOf {
  /** Extensions are in numeric order. */
  readonly sorted?: boolean;
  /** Extensions were chosen by OpenSSL. */
  readonly openssl?: boolean;
}

/** What went into a value and what did not, read from its string: so it cannot differ from what was hashed. */
export function derive(value: FingerprintValue, sent: SentLists, how: DerivationOf = {}): Ja3Derivation {
  const texts = value.string.split(',');
  const field = (
    index: number,
    name: Ja3FieldName,
    values: readonly number[],
    naming: (value: number) => NamedValue,
    leftOutBecause: (value: number) => LeftOutBecause = () => 'grease',
  ): DerivedField => {
    const text = texts[index]!;
    return {
      name,
      text,
      sent: values.length,
      leftOut: missing(values, text).map((number): LeftOut => ({ ...naming(number), because: leftOutBecause(number) })),
      sorted: index === 2 && how.sorted === true,
    };
  };
  return {
    string: value.string,
    hash: value.hash,
    fields: [
      { name: 'version', text: texts[0]!, sent: 1, leftOut: [], sorted: false },
      field(1, 'cipher_suites', sent.cipherSuites, cipherSuite),
      field(2, 'extensions', sent.extensions, extensionType, (type) =>
        how.openssl === true && !isGrease(type) ? 'hidden' : 'grease',
      ),
      field(3, 'supported_groups', sent.supportedGroups, supportedGroup),
      field(4, 'ec_point_formats', sent.ecPointFormats, ecPointFormat),
    ],
  };
}

/** The values that `text`, a list joined by `-`, has not, as often as it lacks them and in their order. */
function missing(values: readonly number[], text: string): number[] {
  const there = new Map<number, number>();
  for (const part of text === '' ? [] : text.split('-')) there.set(Number(part), (there.get(Number(part)) ?? 0) + 1);
  return values.filter((value) => {
    const left = there.get(value) ?? 0;
    if (left > 0) there.set(value, left - 1);
    return left === 0;
  });
}
