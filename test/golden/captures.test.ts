import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Observation } from '../../src/model/index.js';
import { observe } from '../harness/observe.js';

/**
 * Real captures of many projects against what tshark, read-tls-client-hello, nDPI, Arkime, FoxIO's programs and Dovecot's own code said of
 * them. The set lies beside the repository.
 */
const set = new URL('../../../shared/captures/', import.meta.url);
const setIsThere = existsSync(set);

interface ExpectedHello {
  readonly frame: number;
  readonly src: string;
  readonly sport: number;
  readonly dst: string;
  readonly dport: number;
  readonly transport: string;
  readonly scope: string;
  readonly ja3: string | null;
  readonly ja3_hash: string | null;
  readonly ja4?: string | null;
  readonly ssl_ja3_hash?: string | null;
  readonly sni?: string | null;
  readonly tags: readonly string[];
}
interface ExpectedCapture {
  readonly file: string;
  readonly hellos: readonly ExpectedHello[];
}

const captures: ExpectedCapture[] = setIsThere
  ? readFileSync(new URL('expected.jsonl', set), 'utf8')
      .trimEnd()
      .split('\n')
      .map((row) => JSON.parse(row))
  : [];

const ends = (hello: ExpectedHello) => `${hello.src}:${hello.sport} > ${hello.dst}:${hello.dport}`;

const extensionsOf = (hello: ExpectedHello) => hello.ja3?.split(',')[2]?.split('-') ?? [];

/** A row in the words of expected.jsonl; what it does not know of a hello is left out on both sides. */
function seenRow(seen: Observation, like: ExpectedHello | undefined): Record<string, unknown> {
  return {
    frame: seen.frame,
    ends: `${seen.src.ip}:${seen.src.port} > ${seen.dst.ip}:${seen.dst.port}`,
    ja3: seen.fingerprint.ja3.string,
    ja3_hash: seen.fingerprint.ja3.hash,
    ...(like?.ja4 && { ja4: seen.fingerprint.ja4?.hash ?? null }),
    ...(like?.ssl_ja3_hash && { ssl_ja3_hash: seen.fingerprint.sslJa3.hash }),
    ...(like !== undefined && 'sni' in like && { sni: seen.hello.serverName }),
    retry: seen.retry,
  };
}

function wantedRow(hello: ExpectedHello, retry: boolean): Record<string, unknown> {
  return {
    frame: hello.frame,
    ends: ends(hello),
    ja3: hello.ja3,
    ja3_hash: hello.ja3_hash,
    ...(hello.ja4 && { ja4: hello.ja4 }),
    ...(hello.ssl_ja3_hash && { ssl_ja3_hash: hello.ssl_ja3_hash }),
    ...('sni' in hello && { sni: hello.sni }),
    retry,
  };
}

const isOurs = (hello: ExpectedHello) => hello.scope === 'core' || hello.scope === 'tunnel';

describe.skipIf(!setIsThere)(
  'captures of ../shared/captures, as other programs see them (skipped where it is absent)',
  () => {
    it.each(captures)('$file', async (capture) => {
      const { observations, stats } = await observe(fileURLToPath(new URL(`tls/${capture.file}`, set)));
      const wanted = capture.hellos.filter((hello) => isOurs(hello) && hello.ja3_hash !== null);
      // Of hellos that the other programs do not agree on, nothing is said here.
      const open = new Set(capture.hellos.filter((hello) => !isOurs(hello)).map(ends));
      const key = (frame: number, where: string, hash: string | null) =>
        `${String(frame).padStart(9)} ${where} ${hash}`;
      const rows = wanted
        .map((hello) => ({
          key: key(hello.frame, ends(hello), hello.ja3_hash),
          hello,
          // Both hellos around a HelloRetryRequest are tagged; the later one is the retry. A cookie (44) is in retries alone (RFC 8446 section 4.2.2).
          retry:
            (hello.tags.includes('hello-retry-request') || extensionsOf(hello).includes('44')) &&
            wanted.some((other) => ends(other) === ends(hello) && other.frame < hello.frame),
        }))
        .sort((a, b) => (a.key < b.key ? -1 : 1));
      const byKey = new Map(rows.map((row) => [row.key, row]));
      const seen = observations
        .filter((each) => !open.has(`${each.src.ip}:${each.src.port} > ${each.dst.ip}:${each.dst.port}`))
        .map((each) => {
          const where = `${each.src.ip}:${each.src.port} > ${each.dst.ip}:${each.dst.port}`;
          const its = key(each.frame, where, each.fingerprint.ja3.hash);
          return { key: its, row: seenRow(each, byKey.get(its)?.hello) };
        })
        .sort((a, b) => (a.key < b.key ? -1 : 1));
      expect(seen.map((each) => each.row)).toEqual(rows.map(({ hello, retry }) => wantedRow(hello, retry)));
      expect(stats.rejected.sslv2_hello ?? 0).toBe(
        new Set(capture.hellos.filter((hello) => hello.scope === 'sslv2').map(ends)).size,
      );
    });
  },
);
