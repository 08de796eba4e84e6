import { describe, expect, it } from 'vitest';
import type { LabelRow } from '../../../src/model/index.js';
import { Recognizer, subjectOfHash, subjectOfJa3String } from '../../../src/recognize/index.js';
import { md5, shipped, withExtensions } from './labels.js';

/**
 * Situations of Debian 12's mail clients. The hashes were captured on the wire, in either situation; the strings of those with a host name are among the
 * shipped labels.
 */
const known = shipped.filter((one) => one.view === 'ja3');
const stringOf = (hash: string) => known.find((one) => one.hash.startsWith(hash))!.string!;

/** Recognised by those labels without any of the value itself. */
function lookUp(string: string, labels: readonly LabelRow[] = known) {
  return new Recognizer(labels.filter((one) => one.hash !== md5(string))).recognize(subjectOfJa3String(string));
}

describe('a host name and an address: extension 0 is missing', () => {
  it.each([
    ['a3afc2c4', 'c216e752', 'OpenSSL', 'openssl-s_client'],
    ['d39e1be3', 'c12b4ccd', 'OpenSSL', 'python3-mail'],
    ['f35ce21b', '24fdb1f1', 'GnuTLS', 'mutt'],
    ['32194573', '86e68c2e', 'NSS', 'thunderbird'],
  ])('%s is %s', (named, unnamed, family, client) => {
    const string = withExtensions(stringOf(named), (types) => types.filter((type) => type !== 0));
    expect(md5(string).slice(0, 8)).toBe(unnamed);
    const answer = lookUp(string);
    expect(answer).toMatchObject({ rung: 'situational', family });
    expect(answer.candidates.map((one) => one.label.client)).toContain(client);
    // A log with the hash alone says as much.
    const labels = known.filter((one) => one.hash !== md5(string));
    expect(new Recognizer(labels).recognize(subjectOfHash(md5(string), 'ja3'))).toMatchObject({
      rung: 'situational',
      family,
    });
  });
});

describe('a resumption: pre_shared_key (41) comes last', () => {
  it.each([
    ['a3afc2c4', [], 'OpenSSL'],
    // Padding went once the hello passed 511 bytes; NSS leaves session_ticket out.
    ['d39e1be3', [21], 'OpenSSL'],
    ['f35ce21b', [], 'GnuTLS'],
    ['32194573', [35], 'NSS'],
  ])('%s, without %j', (hash, dropped, family) => {
    const string = withExtensions(stringOf(hash), (types) => [...types.filter((type) => !dropped.includes(type)), 41]);
    const answer = lookUp(string);
    expect(answer).toMatchObject({ rung: 'situational', family });
    expect(answer.difference!.extensions.added).toContain(41);
  });
});

describe('implicit TLS and STARTTLS', () => {
  it('is no situation: msmtp and mpop after STARTTLS have the hello of mutt without', () => {
    const clients = new Recognizer(known).recognize(subjectOfJa3String(stringOf('f35ce21b'))).candidates;
    expect(clients.map((one) => one.label.client)).toEqual(expect.arrayContaining(['mutt', 'msmtp', 'mpop']));
  });
});

describe('a label is a set', () => {
  it('hydra is among the clients of Python, with no more share than any', () => {
    const { rung, candidates } = new Recognizer(known).recognize(subjectOfJa3String(stringOf('d39e1be3')));
    expect(rung).toBe('ja3');
    const shares = new Map(candidates.map((one) => [one.label.client, one.share]));
    expect(shares.get('hydra')).toBeCloseTo(shares.get('python3-mail')!, 12);
  });
});
