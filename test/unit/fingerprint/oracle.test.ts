import { PassThrough } from 'node:stream';
import { calculateJa3, calculateJa4, readTlsClientHello } from 'read-tls-client-hello';
import { describe, expect, it } from 'vitest';
import { ja3, ja4 } from '../../../src/fingerprint/index.js';
import type { ClientHello } from '../../../src/model/index.js';
import { isGrease, parseClientHello } from '../../../src/tls/index.js';
import { record } from '../../build/hello.js';
import { HELLO_SET_ABSENT, helloSet, helloSetIsThere } from '../../harness/hello-set.js';

/**
 * read-tls-client-hello is another implementation of the same definitions. It cannot read every hello (none without extensions, none over several
 * records).
 */
/**
 * Where its ja4 2.0.0 departs from the specification: it says 13 for any supported_versions, those with a draft or TLS 1.2 on top included; it
 * writes counts above 99 in full; and it hashes an empty list instead of writing zeros.
 */
function ja4IsComparable(hello: ClientHello): boolean {
  const versions = hello.supportedVersions?.filter((version) => !isGrease(version)) ?? [0x0304];
  const hashed = hello.extensionTypes.filter((type) => !isGrease(type) && type !== 0 && type !== 16);
  return Math.max(...versions) === 0x0304 && hello.cipherSuites.length < 100 && hashed.length > 0;
}

describe.skipIf(!helloSetIsThere)(`read-tls-client-hello agrees (${HELLO_SET_ABSENT})`, () => {
  it('on ja3 and ja4 of every hello it can read', async () => {
    const rows = helloSet().filter((row) => row.transport === 'tcp' && row.ja3 !== null);
    const wrong: unknown[] = [];
    let compared = 0;
    let comparedJa4 = 0;
    for (const row of rows) {
      const hello = parseClientHello(row.raw);
      if (hello.extensions === null) continue;
      const theirs = await readTlsClientHello(new PassThrough().end(record(row.raw)));
      compared++;
      expect(theirs.cipherSuites, row.id).toEqual(hello.cipherSuites);
      expect(
        theirs.extensions.map(({ id }) => id),
        row.id,
      ).toEqual(hello.extensionTypes);
      const found = [ja3(hello).hash];
      const expected = [calculateJa3(theirs)];
      if (ja4IsComparable(hello)) {
        found.push(ja4(hello)!.hash);
        expected.push(calculateJa4(theirs));
        comparedJa4++;
      }
      if (found.join() !== expected.join()) wrong.push({ id: row.id, found, expected });
    }
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThan(700);
    expect(comparedJa4).toBeGreaterThan(650);
  });
});
