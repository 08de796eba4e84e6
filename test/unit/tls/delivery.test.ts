import { describe, expect, it } from 'vitest';
import { HelloStream } from '../../../src/tls/index.js';
import { record, records } from '../../build/hello.js';
import { byteByByte } from '../../harness/every-cut.js';
import { HELLO_SET_ABSENT, helloSet, helloSetIsThere } from '../../harness/hello-set.js';
import { runHelloStream } from '../../harness/hello-stream.js';

/** Up to this size every way to split a hello over two records is tried; above it, a few. */
const SMALL_HELLO = 100;

/**
 * Whole, byte by byte and cut in two everywhere, the stream must find exactly this message at the end of these bytes, and ask for more at every byte
 * before. Written without matchers: it runs a million times.
 */
function disagreement(bytes: Uint8Array, message: Uint8Array): string | null {
  const expected = Buffer.from(message);
  for (let cut = 1; cut <= bytes.length; cut++) {
    const stream = new HelloStream();
    let outcome = stream.push(bytes.subarray(0, cut));
    if (cut < bytes.length) {
      if (outcome.state !== 'need_more') return `${outcome.state} after ${cut} bytes`;
      outcome = stream.push(bytes.subarray(cut));
    }
    if (outcome.state !== 'done') return `${outcome.state} when cut at ${cut}`;
    if (outcome.consumed !== (cut < bytes.length ? bytes.length - cut : cut))
      return `${outcome.consumed} consumed, cut at ${cut}`;
    if (!expected.equals(outcome.hello.raw)) return `another message when cut at ${cut}`;
  }
  const single = runHelloStream(byteByByte(bytes));
  if (single.hellos.length !== 1 || single.hellos[0]!.end !== bytes.length) return 'not one hello byte by byte';
  return single.hellos[0]!.raw === expected.toString('hex') ? null : 'another message byte by byte';
}

/** Where to end records: for small hellos after every byte in turn; else inside the handshake header, the fixed part and the extensions. */
function splits(length: number): number[][] {
  const three = [2, Math.floor(length * 0.3), Math.floor(length * 0.7)];
  if (length > SMALL_HELLO) return [[Math.floor(length / 2)], three];
  return [...Array.from({ length: length - 1 }, (_, i) => [i + 1]), three];
}

describe.skipIf(!helloSetIsThere)(`every TCP and QUIC hello of the capture set (${HELLO_SET_ABSENT})`, () => {
  const rows = helloSetIsThere
    ? helloSet().filter((row) => (row.transport === 'tcp' || row.transport === 'quic') && row.ja3 !== null)
    : [];

  it('is the same however one record is delivered', () => {
    expect(rows.length).toBeGreaterThan(1400);
    const wrong = rows.map((row) => [row.id, disagreement(record(row.raw), row.raw)]).filter(([, why]) => why !== null);
    expect(wrong).toEqual([]);
  });

  it('is the same however several records are delivered', () => {
    const wrong: unknown[] = [];
    for (const row of rows) {
      for (const ends of splits(row.raw.length)) {
        const why = disagreement(records(row.raw, ends), row.raw);
        if (why !== null) wrong.push([row.id, ends, why]);
      }
    }
    expect(wrong).toEqual([]);
  });
});
