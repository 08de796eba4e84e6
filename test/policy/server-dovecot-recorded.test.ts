import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { missing, without } from '../harness/mail/programs.js';
import {
  missingClients,
  type Recording,
  recordForwarded,
  recordNative,
} from '../harness/policy/record-fingerprints.js';

// What real Dovecots ask a policy server about real programs' logins, with the fingerprint, was recorded by scripts/record-policy.ts: other tests are held against it.
// Where the programs are there, they are asked again.

function recorded(version: string): Recording {
  const file = new URL(`../data/policy/server-dovecot-${version}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as Recording;
}

/** Between programs of other versions: who tells of which view is the mail server's, what it says is the client's. Lengths follow from it. */
function comparable({ logins, programs }: Recording, other: Recording): object {
  const isSame = JSON.stringify(programs) === JSON.stringify(other.programs);
  return logins.map(({ login, client, requests }) => ({
    login,
    client,
    requests: requests.map(({ line, headers, body }) => ({
      line,
      headers: headers.filter(([name]) => isSame || name !== 'Content-Length'),
      body: isSame ? body : body.replace(/(?<="(?:ja3|ja4|ssl_ja3|ssl_ja3_hash)":")[^"]+/g, 'told'),
    })),
  }));
}

describe.each([
  ['2.3', missing.dovecot, recordForwarded],
  ['2.4', missing.dovecot24, recordNative],
] as const)('Dovecot %s', (version, missingServer, record) => {
  const absent = [missingServer, missingClients].filter(Boolean).join(', ');
  it.skipIf(absent !== '')(`still asks as it did when it was recorded${without(absent)}`, async () => {
    const then = recorded(version);
    const now = await record();
    expect(comparable(now, then)).toEqual(comparable(then, now));
  });
});
