import { isJa4, type Ja4Fields, parseJa4, sha256Prefix } from '../fingerprint/index.js';
import type { KnownValue } from '../model/index.js';
import { groupBy } from './groups.js';
import type { KnownHello } from './known-hello.js';
import { isSituational } from './lists.js';
import type { Scored } from './section.js';

const NOTHING = '000000000000';

/**
 * Known ja4 values by what is left of them without the situation. JA4 hashes neither server_name nor ALPN, so those come off the counts of part a
 * even where the lists are unknown; where ja4_r is known, the other situational extensions come off too.
 */
export class Ja4Index {
  readonly #byCore: ReadonlyMap<string, readonly KnownHello[]>;

  constructor(known: readonly KnownHello[]) {
    const cores = known
      .filter((one) => one.view === 'ja4')
      .flatMap((one) => coresOf(one).map((core) => ({ core, one })));
    this.#byCore = new Map(
      Array.from(
        groupBy(cores, (pair) => pair.core),
        ([core, pairs]) => [core, pairs.map((pair) => pair.one)],
      ),
    );
  }

  /** Each with the share of its ciphers and extensions that the two counts leave in common. */
  find(ja4: KnownValue | null): readonly Scored[] {
    if (ja4 === null || this.#byCore.size === 0) return [];
    const found = new Set(coresOf(ja4).flatMap((core) => this.#byCore.get(core) ?? []));
    return Array.from(found, (known) => ({ known, score: overlap(parseJa4(ja4.hash), parseJa4(known.hash)) }));
  }
}

/** The ciphers are the same: part b is. */
function overlap(a: Ja4Fields, b: Ja4Fields): number {
  const [fewer, more] = [a, b]
    .map(({ cipherCount, extensionCount }) => cipherCount + extensionCount)
    .sort((x, y) => x - y);
  return more === 0 ? 1 : fewer! / more!;
}

/** One core, or two where ja4_r is known: with the other situational extensions and without. */
function coresOf({ hash, string }: KnownValue): readonly string[] {
  if (!isJa4(hash)) return [];
  const { start, sni, alpn, cipherCount, extensionCount, ciphers, extensions } = parseJa4(hash);
  const counted = extensionCount - (sni ? 1 : 0) - (alpn === '00' ? 0 : 1);
  const core = (count: number, list: string) => `${start} ${cipherCount} ${count} ${ciphers} ${list}`;
  const own = core(counted, extensions);
  const [, , listed, ...signatures] = string?.split('_') ?? [];
  // From 99 on the count says nothing.
  if (listed === undefined || extensionCount === 99) return [own];
  const types = listed === '' ? [] : listed.split(',');
  const steady = types.filter((type) => !isSituational(Number.parseInt(type, 16)));
  const text = [steady.join(','), ...signatures].join('_');
  const stripped = core(counted - (types.length - steady.length), text === '' ? NOTHING : sha256Prefix(text));
  return own === stripped ? [own] : [own, stripped];
}
