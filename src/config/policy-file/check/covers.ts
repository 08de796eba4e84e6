import type { Conditions, CountCondition } from '../../../policy/index.js';

const LISTS = [
  'fingerprint',
  'client',
  'family',
  'rung',
  'kind',
  'user',
  'network',
  'protocol',
  'port',
  'sni',
  'mechanism',
  'tlsVersion',
] as const satisfies readonly (keyof Conditions)[];

const plain = (value: string | number | null) => (typeof value === 'string' ? value.toLowerCase() : value);

/** Whether whatever fits `particular` fits `general` too. Values are held against each other as they stand: false where it takes more to tell. */
export function covers(general: Conditions, particular: Conditions): boolean {
  return (Object.keys(general) as (keyof Conditions)[]).every((key) => {
    if (particular[key] === undefined) return false;
    if (key === 'counts')
      return general.counts!.every((one) => particular.counts!.some((other) => follows(one, other)));
    if (key === 'neverSucceeded') return particular.neverSucceeded!.failures >= general.neverSucceeded!.failures;
    const list = LISTS.find((each) => each === key);
    if (list === undefined) return JSON.stringify(general[key]) === JSON.stringify(particular[key]);
    const values = new Set<string | number | null>(general[list]!.map(plain));
    return particular[list]!.every((value) => values.has(plain(value)));
  });
}

/** Where `other` is reached, so is `one`. */
function follows(one: CountCondition, other: CountCondition): boolean {
  const same = one.count === other.count && one.window === other.window && one.per.join() === other.per.join();
  return same && one.atLeast <= other.atLeast && (one.timesUsual ?? 0) <= (other.timesUsual ?? 0);
}
