import { hash } from 'node:crypto';
import type { KnownValue, ToldViews } from '../../model/index.js';
import { MAX_JA3 } from './limits.js';
import type { AttributeName } from './requests.js';

/** An attribute's text; empty where it was not told. */
export type Told = (name: AttributeName) => string;

const md5 = /^[0-9a-f]{32}$/i;
/** version, and four lists that may be empty. */
const ja3String = /^\d{1,5}(?:,(?:\d{1,5}(?:-\d{1,5})*)?){4}$/;
/** Transport, version, server name, two counts, ALPN; two halves of hashes. */
const ja4Hash = /^[tqd][0-9a-z]{2}[di]\d{4}[0-9a-zA-Z]{2}_[0-9a-f]{12}_[0-9a-f]{12}$/;

/** The views of the hello, each as hash or as string: which of both it is, its form tells. What has neither form was not told. */
export function readViews(told: Told): ToldViews {
  return {
    ja3: known(told('ja3')) ?? known(told('ja3_hash')),
    ja3n: known(told('ja3n')) ?? known(told('ja3n_hash')),
    sslJa3: known(told('ssl_ja3')) ?? known(told('ssl_ja3_hash')),
    ja4: ja4Hash.test(told('ja4')) ? { string: null, hash: told('ja4') } : null,
  };
}

function known(text: string): KnownValue | null {
  if (md5.test(text)) return { string: null, hash: text.toLowerCase() };
  if (text.length > MAX_JA3 || !ja3String.test(text)) return null;
  return { string: text, hash: hash('md5', text) };
}
