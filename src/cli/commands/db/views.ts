import type { KnownValue } from '../../../model/index.js';
import { type Subject, subjectOfViews } from '../../../recognize/index.js';
import type { StoredViews } from '../../../store/index.js';
import type { Json } from './answer.js';

/** A hash, or the beginning of one, as it is stored: hex digits small; in a ja4 a capital is one, of ALPN. */
export function ofCase(text: string): string {
  return /^[0-9a-f]+$/i.test(text) ? text.toLowerCase() : text;
}

/** What is known of a recorded hello, for those who recognise. */
export function subjectOfStored({ ja3, sslJa3, sslJa3Logged, ja4 }: StoredViews): Subject {
  // A log does not say which OpenSSL its Dovecot has: it is what either of them would have seen.
  return subjectOfViews({
    ja3,
    sslJa3: { '3.0': sslJa3['3.0'] ?? sslJa3Logged, '3.5': sslJa3['3.5'] ?? sslJa3Logged },
    ja4,
  });
}

/** By its name in JSON and in text, each value that is known. */
export function valuesOf(views: StoredViews): readonly (readonly [name: string, value: KnownValue])[] {
  const all: readonly (readonly [string, KnownValue | null])[] = [
    ['ja3', views.ja3],
    ['ja3n', views.ja3n],
    ['ssl_ja3_30', views.sslJa3['3.0']],
    ['ssl_ja3_35', views.sslJa3['3.5']],
    ['ssl_ja3', views.sslJa3Logged],
    ['ja4', views.ja4],
  ];
  return all.flatMap(([name, value]) => (value === null ? [] : [[name, value] as const]));
}

/** `ssl_ja3` is what a log told without saying of which OpenSSL; `ja4_r` is what ja4 was made of. */
export function viewsJson(views: StoredViews): { readonly [key: string]: Json } {
  const string = (value: KnownValue | null): Json => value?.string ?? null;
  const hash = (value: KnownValue | null): Json => value?.hash ?? null;
  return {
    ja3: string(views.ja3),
    ja3_hash: hash(views.ja3),
    ja3n_hash: hash(views.ja3n),
    ssl_ja3_30: string(views.sslJa3['3.0']),
    ssl_ja3_30_hash: hash(views.sslJa3['3.0']),
    ssl_ja3_35: string(views.sslJa3['3.5']),
    ssl_ja3_35_hash: hash(views.sslJa3['3.5']),
    ssl_ja3: string(views.sslJa3Logged),
    ssl_ja3_hash: hash(views.sslJa3Logged),
    ja4: hash(views.ja4),
    ja4_r: string(views.ja4),
  };
}

/** The value a fingerprint is called by in a table: its ja3, or what a log told of it. */
export function shownValue(views: StoredViews): string {
  return (views.ja3 ?? views.sslJa3Logged ?? views.sslJa3['3.0'] ?? views.sslJa3['3.5'] ?? views.ja4 ?? views.ja3n)!
    .hash;
}
