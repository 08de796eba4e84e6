import { describe, expect, it } from 'vitest';
import { readViews } from '../../../../src/policy/server/views.js';

// Salesforce's README of JA3, and the documentation of Dovecot 2.4.
const ja3 = '769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0';
const ja3Hash = 'ada70206e40642a3e4461f35503241d5';
const bare = '769,4-5-10-9-100-98-3-6-19-18-99,,,';
const bareHash = 'de350869b8c85de67a350c8d186f11e6';
const ssl =
  '771,4865-4867-4866-49195-49199-52393-52392-49196-49200-49162-49161-49171-49172-156-157-47-53,0-23-65281-10-11-35-5-51-43-13-45-21,29-23-24-25-256-257,0';
const sslHash = '3ed71a458200f4af79031644408b8e58';
// FoxIO's example.
const ja4 = 't13d1516h2_8daaf6152771_e5627efa2ab1';

const views = (attributes: Readonly<Record<string, string>>) => readViews((name) => attributes[name] ?? '');
const none = { ja3: null, ja3n: null, sslJa3: null, ja4: null };

describe('the views of a request', () => {
  it.each([
    [{ ja3 }, { ...none, ja3: { string: ja3, hash: ja3Hash } }],
    [{ ja3: bare }, { ...none, ja3: { string: bare, hash: bareHash } }],
    [{ ja3: ja3Hash }, { ...none, ja3: { string: null, hash: ja3Hash } }],
    [{ ja3: ja3Hash.toUpperCase() }, { ...none, ja3: { string: null, hash: ja3Hash } }],
    [{ ja3_hash: ja3Hash }, { ...none, ja3: { string: null, hash: ja3Hash } }],
    [
      { ja3, ja3_hash: ja3Hash },
      { ...none, ja3: { string: ja3, hash: ja3Hash } },
    ],
    [{ ssl_ja3: ssl }, { ...none, sslJa3: { string: ssl, hash: sslHash } }],
    [{ ssl_ja3: sslHash }, { ...none, sslJa3: { string: null, hash: sslHash } }],
    [{ ssl_ja3_hash: sslHash }, { ...none, sslJa3: { string: null, hash: sslHash } }],
    [
      { ssl_ja3: '', ssl_ja3_hash: sslHash },
      { ...none, sslJa3: { string: null, hash: sslHash } },
    ],
    [{ ja3n: ja3Hash }, { ...none, ja3n: { string: null, hash: ja3Hash } }],
    [{ ja3n_hash: ja3Hash }, { ...none, ja3n: { string: null, hash: ja3Hash } }],
    [{ ja4 }, { ...none, ja4: { string: null, hash: ja4 } }],
  ])('%j', (attributes, wanted) => expect(views(attributes)).toEqual(wanted));

  it.each([
    {},
    { ja3: '-' },
    { ja3: '%{ssl_ja3_hash}' },
    { ja3: ja3Hash.slice(1) },
    { ja3: `${ja3Hash}0` },
    { ja3: '769,47,0,23' },
    { ja3: '769,47,0,23,0,1' },
    { ja3: '769,47-,0,23,0' },
    { ja3: `771,${'1-'.repeat(20_000)}1,,,` },
    { ja4: ja4.slice(1) },
    { ja4: ja3Hash },
  ])('nothing in $ja3 $ja4', (attributes) => expect(views(attributes)).toEqual(none));
});
