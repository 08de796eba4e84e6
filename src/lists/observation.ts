import { SensorError } from '../errors.js';
import { ja3nOfLists, md5, parseJa3String } from '../fingerprint/index.js';
import type { KnownValue, KnownViews, ObservationRow, OpenSslGeneration } from '../model/index.js';
import type { Repair } from './types.js';
import { checkValue } from './values.js';

type SslJa3 = KnownViews['sslJa3'];

const UNKNOWN: SslJa3 = { '3.0': null, '3.5': null };

/** The values of a hello as a row of a log tells them; null or empty: not there. */
export interface ToldValues {
  readonly ja3?: string | null;
  readonly ja3Hash?: string | null;
  readonly sslJa3?: string | null;
  readonly sslJa3Hash?: string | null;
  readonly ja4?: string | null;
  readonly ja4R?: string | null;
}

export interface KnownHello {
  readonly views: KnownViews;
  readonly repair: Repair | null;
}

/** Hellos remembered: those of one client are equal, and a log has them by the thousand. When it is reached, all are forgotten. */
const REMEMBERED = 4096;

/** Characters of values that are worth remembering. Real ones have some 2,000; all together stay below 16 MiB. */
const MAX_REMEMBERED = 4096;

/** Makes hellos known from the values that rows tell. One for each list: it remembers what it made. */
export class KnownHellos {
  readonly #known = new Map<string, KnownHello>();

  /**
   * The views of a hello as far as a row tells them, or as they follow from what it tells.
   *
   * @returns null where it tells none
   * @throws SensorError as {@link checkValue}
   */
  of(told: ToldValues): KnownHello | null {
    const { ja3, ja3Hash, sslJa3, sslJa3Hash, ja4, ja4R } = told;
    const key = JSON.stringify([ja3, ja3Hash, sslJa3, sslJa3Hash, ja4, ja4R]);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const hello = knownHello(told);
    if (hello !== null && key.length <= MAX_REMEMBERED) {
      if (this.#known.size >= REMEMBERED) this.#known.clear();
      this.#known.set(key, hello);
    }
    return hello;
  }
}

function knownHello(told: ToldValues): KnownHello | null {
  const ja3 = checkValue('ja3', told.ja3Hash ?? null, told.ja3 ?? null);
  const sslJa3 = checkValue('ssl_ja3', told.sslJa3Hash ?? null, told.sslJa3 ?? null);
  const ja4 = checkValue('ja4', told.ja4 ?? null, told.ja4R ?? null);
  if (ja3 === null && sslJa3 === null && ja4 === null) return null;
  return {
    views: {
      ja3: ja3?.value ?? null,
      ja3n: ja3 === null || ja3.value.string === null ? null : ja3nOfLists(parseJa3String(ja3.value.string)),
      sslJa3: sslJa3 === null ? UNKNOWN : generations(ja3?.value ?? null, sslJa3.value),
      ja4: ja4?.value ?? null,
    },
    repair: ja3?.repair ?? sslJa3?.repair ?? ja4?.repair ?? null,
  };
}

/** What OpenSSL shows from 3.2 on and did not before (src/fingerprint/ssl-ja3.ts). */
const SHOWN_LATER: ReadonlySet<number> = new Set([19, 20, 27]);

/**
 * For which OpenSSL an ssl_ja3 holds. A row does not say, but the ja3 beside it has all extensions: where the hello has none that only the later
 * OpenSSL shows, both say the same; else the one follows from the other.
 */
function generations(ja3: KnownValue | null, sslJa3: KnownValue): SslJa3 {
  if (ja3 === null || ja3.string === null || sslJa3.string === null) return ofDefault(sslJa3);
  const all = parseJa3String(ja3.string).extensions;
  if (!all.some((type) => SHOWN_LATER.has(type))) return { '3.0': sslJa3, '3.5': sslJa3 };
  const [version, ciphers, extensions = '', groups, pointFormats] = sslJa3.string.split(',');
  const shown = new Set(extensions === '' ? [] : extensions.split('-').map(Number));
  const of = (types: readonly number[]): KnownValue => {
    const string = [version, ciphers, types.join('-'), groups, pointFormats].join(',');
    return { string, hash: md5(string) };
  };
  const later = [...shown].some((type) => SHOWN_LATER.has(type));
  const earlierView = of(all.filter((type) => shown.has(type) && !SHOWN_LATER.has(type)));
  const laterView = of(all.filter((type) => shown.has(type) || SHOWN_LATER.has(type)));
  const own: OpenSslGeneration = later ? '3.5' : '3.0';
  // A row whose two strings are not of one hello.
  if ((later ? laterView : earlierView).hash !== sslJa3.hash) {
    throw new SensorError('bad_string', 'ssl_ja3', 0, 'is not of the same hello as the ja3 beside it');
  }
  return { '3.0': own === '3.0' ? sslJa3 : earlierView, '3.5': own === '3.5' ? sslJa3 : laterView };
}

/** Alone, it is taken for that of the default. */
const ofDefault = (sslJa3: KnownValue): SslJa3 => ({ '3.0': sslJa3, '3.5': null });

/** JA4's characters for the highest version offered, in the words of our rows. */
const VERSIONS: Readonly<Record<string, string>> = {
  '13': '1.3',
  '12': '1.2',
  '11': '1.1',
  '10': '1.0',
  s3: 'SSLv3',
  s2: 'SSLv2',
  d1: '1.0',
  d2: '1.2',
  d3: '1.3',
};

/** The highest version offered: logs have the negotiated one, but a ja4 says it. */
export function versionOfJa4(views: KnownViews): string | null {
  return views.ja4 === null ? null : (VERSIONS[views.ja4.hash.slice(1, 3)] ?? null);
}

/** The transport a ja4 was made for, else the one given. */
export function transportOf(views: KnownViews, otherwise: ObservationRow['transport']): ObservationRow['transport'] {
  if (views.ja4 === null) return otherwise;
  return { t: 'tcp', q: 'quic', d: 'dtls' }[views.ja4.hash[0]!] as ObservationRow['transport'];
}
