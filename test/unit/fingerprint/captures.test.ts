import { describe, expect, it } from 'vitest';
import { fingerprint } from '../../../src/fingerprint/index.js';
import { parseClientHello } from '../../../src/tls/index.js';
import { capturedHellos, HELLO_SET_ABSENT, helloSet, helloSetIsThere } from '../../harness/hello-set.js';
import { refusal } from '../../harness/refusal.js';

describe.skipIf(!helloSetIsThere)(`every hello of the capture set (${HELLO_SET_ABSENT})`, () => {
  it('has the ja3, ja4 and ssl_ja3 that independent tools found', () => {
    const rows = helloSet().filter((row) => row.ja3 !== null && row.parse_error === null);
    const wrong: unknown[] = [];
    for (const row of rows) {
      const print = fingerprint(parseClientHello(row.raw), {
        transport: row.transport === 'udp' ? 'tcp' : row.transport,
      });
      const expected = [row.ja3, row.ja3_hash, row.ja4, row.ssl_ja3_hash ?? print.sslJa3.hash];
      const found = [print.ja3.string, print.ja3.hash, print.ja4?.hash ?? null, print.sslJa3.hash];
      if (expected.join() !== found.join()) wrong.push({ id: row.id, expected, found });
    }
    expect(wrong).toEqual([]);
    expect(rows.length).toBeGreaterThan(1400);
    expect(rows.filter((row) => row.ssl_ja3_hash !== undefined).length).toBeGreaterThan(1400);
  });

  // The figure docs/fingerprints.md gives. Both hashes are the set's own as much as ours: the first test compares them.
  it('has an ssl_ja3 that differs from its ja3 in 1,204 of 1,519 captured', () => {
    const byId = new Map(helloSet().map((row) => [row.id, row.raw]));
    const prints = capturedHellos()
      .filter((captured) => captured.ssl_ja3_hash !== null && captured.ssl_ja3_hash !== undefined)
      .map((captured) => ({ captured, print: fingerprint(parseClientHello(byId.get(captured.raw_id)!)) }));
    const wrong = prints.filter(({ captured, print }) => print.sslJa3.hash !== captured.ssl_ja3_hash);
    expect(wrong).toEqual([]);
    expect(prints).toHaveLength(1519);
    expect(prints.filter(({ print }) => print.sslJa3.hash !== print.ja3.hash)).toHaveLength(1204);
  });

  it('is refused where the message is cut short or has bytes after its end', () => {
    const rows = helloSet().filter((row) => row.ja3 === null || row.parse_error !== null);
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows)
      expect(refusal(() => parseClientHello(row.raw)).code).toMatch(/^(truncated|trailing_bytes)$/);
  });
});
