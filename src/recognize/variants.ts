import type { Ja3Lists } from '../fingerprint/index.js';
import { MAX_VARIANTS } from './limits.js';
import { isSituational } from './lists.js';

const SERVER_NAME = 0;
const PADDING = 21;
const PRE_SHARED_KEY = 41;

/**
 * The same hello in other situations, the likelier first, itself left out: with any of its situational extensions removed, and with those added whose
 * place is known: server_name first (as OpenSSL, NSS and Go have it), padding last, pre_shared_key behind it (RFC 8446 section 4.2.11). At most
 * MAX_VARIANTS.
 */
export function situationalVariants(lists: Ja3Lists): readonly Ja3Lists[] {
  const { extensions } = lists;
  const present = [...new Set(extensions.filter(isSituational))];
  const missing = [SERVER_NAME, PADDING, PRE_SHARED_KEY].filter((type) => !extensions.includes(type));
  const changes = subsets(present)
    .flatMap((removed) => subsets(missing).map((added) => ({ removed, added })))
    .filter(({ removed, added }) => removed.length + added.length > 0)
    .sort((a, b) => a.removed.length + a.added.length - (b.removed.length + b.added.length));
  return changes.slice(0, MAX_VARIANTS).map(({ removed, added }) => ({
    ...lists,
    extensions: withAdded(
      extensions.filter((type) => !removed.includes(type)),
      added,
    ),
  }));
}

function withAdded(extensions: readonly number[], added: readonly number[]): readonly number[] {
  const resumed = extensions.at(-1) === PRE_SHARED_KEY;
  return [
    ...added.filter((type) => type === SERVER_NAME),
    ...(resumed ? extensions.slice(0, -1) : extensions),
    ...added.filter((type) => type === PADDING),
    ...(resumed ? [PRE_SHARED_KEY] : []),
    ...added.filter((type) => type === PRE_SHARED_KEY),
  ];
}

/** All of at most eight values: there are no more situational extensions. The empty one is the first. */
function subsets(values: readonly number[]): readonly (readonly number[])[] {
  return Array.from({ length: 1 << values.length }, (_, bits) => values.filter((_value, i) => (bits & (1 << i)) !== 0));
}
