import { describe, expect, test } from 'vitest';
import { openDialogue } from '../../../src/dialects/index.js';
import { follow, inPieces, joined } from '../../conformance/dialect.js';
import { captureRows, conversations, noCaptures } from './captures.js';

/** The category of a capture names what its hello stands behind, as tshark dissected it. */
function announced(categories: readonly string[]): { name: string; verdict: string } | null {
  for (const category of categories) {
    const starttls = /^starttls:(\w+)$/.exec(category)?.[1];
    if (starttls !== undefined) return { name: starttls, verdict: 'tls' };
    if (category === 'encap:http') return { name: 'http', verdict: 'tunnel' };
  }
  return null;
}

const rows = noCaptures === null ? captureRows() : [];
const socks = ['aebc589d671a-socks-https-example.pcap', 'e72571796101-socks-with-ssl.pcap'];
const real = rows.flatMap((row) => {
  const expected =
    announced(row.categories) ?? (socks.includes(row.file) ? { name: 'socks', verdict: 'tunnel' } : null);
  return expected === null ? [] : [[`${expected.name} in ${row.file}`, row, expected] as const];
});

/** A TLS handshake record with this message type in front (RFC 8446 sections 4 and 5.1). */
function isHello(bytes: Uint8Array, type: number): boolean {
  return bytes[0] === 0x16 && bytes[1] === 3 && bytes[5] === type;
}

describe(`real captures, put together by tshark${noCaptures === null ? '' : ` (skipped: ${noCaptures})`}`, () => {
  test.skipIf(noCaptures !== null)('cover most dialects', () => {
    const names = [...new Set(real.map(([, , { name }]) => name))].sort();
    expect(names).toEqual('ftp http imap irc mysql pop3 postgres rdp smtp socks xmpp'.split(' '));
  });

  for (const [title, row, expected] of real) {
    test(title, () => {
      let led = 0;
      for (const chunks of conversations(row)) {
        if (isHello(joined(chunks, 'client'), 1)) continue; // the proxy's own TLS beside it
        const outcome = follow(openDialogue(), chunks);
        expect(outcome).toMatchObject(expected);
        expect(follow(openDialogue(), inPieces(chunks, 1))).toEqual(outcome);
        expect(isHello(joined(chunks, 'client').subarray(outcome.client), 1)).toBe(true);
        const answer = joined(chunks, 'server').subarray(outcome.server);
        if (answer.length > 0) expect(isHello(answer, 2)).toBe(true);
        led++;
      }
      expect(led).toBeGreaterThan(0);
    });
  }
});
