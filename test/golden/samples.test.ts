import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { sslJa3 } from '../../src/fingerprint/index.js';
import type { Observation } from '../../src/model/index.js';
import { readCapture } from '../../src/observe/index.js';

/**
 * Every sample against its expected.json, whose values come from tshark, read-tls-client-hello and a running Dovecot 2.4
 * (scripts/samples/expected.ts).
 */
const samples = fileURLToPath(new URL('../../samples', import.meta.url));
const folders = [
  samples,
  ...readdirSync(samples, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(samples, entry.name)),
].filter((folder) => existsSync(join(folder, 'expected.json')));

/** Folders of samples that are no captures: the tests of their rooms read them. */
const OTHERS: ReadonlySet<string> = new Set(['config', 'lists', 'logs']);

interface ExpectedHello {
  frame: number;
  src_ip: string;
  src_port: number;
  dst_ip: string;
  dst_port: number;
  proxied_src: { ip: string; port: number } | null;
  starttls: string | null;
  sni: string | null;
  retry: boolean;
  psk: boolean;
  ja3: string;
  ja3_hash: string;
  ja4: string;
  /** What Dovecot 2.4, linked with OpenSSL 3.5, logged of the login. */
  ssl_ja3?: string;
  ssl_ja3_hash?: string;
}
interface Expected {
  capture: string;
  hellos: ExpectedHello[];
}

/** An observation in the words of expected.json, with those members that `like` has. */
function described(seen: Observation, like: ExpectedHello | undefined): ExpectedHello {
  const ssl = sslJa3(seen.hello, '3.5');
  return {
    frame: seen.frame,
    src_ip: seen.src.ip,
    src_port: seen.src.port,
    dst_ip: seen.dst.ip,
    dst_port: seen.dst.port,
    proxied_src: seen.proxiedSrc,
    starttls: seen.starttls,
    sni: seen.hello.serverName,
    retry: seen.retry,
    psk: seen.hello.psk,
    ja3: seen.fingerprint.ja3.string,
    ja3_hash: seen.fingerprint.ja3.hash,
    ja4: seen.fingerprint.ja4?.hash ?? '',
    ...(like?.ssl_ja3 !== undefined && { ssl_ja3: ssl.string, ssl_ja3_hash: ssl.hash }),
  };
}

describe('samples', () => {
  for (const folder of folders) {
    const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Expected;
    it(`${expected.capture}: ${expected.hellos.length} hellos, as other programs see them`, async () => {
      const found: ExpectedHello[] = [];
      for await (const seen of readCapture(join(folder, expected.capture))) {
        found.push(described(seen, expected.hellos[found.length]));
      }
      expect(found).toEqual(expected.hellos);
    });
  }

  it('have a README.md each, and each folder of a capture an expected.json', () => {
    for (const entry of readdirSync(samples, { withFileTypes: true })) {
      if (!entry.isDirectory() || OTHERS.has(entry.name)) continue;
      expect(readdirSync(join(samples, entry.name)).sort()).toEqual(
        ['README.md', 'expected.json', `${entry.name}.pcapng`].sort(),
      );
    }
  });

  it('name mutt by the fingerprint of Dovecot documentation', () => {
    const expected = JSON.parse(readFileSync(join(dirname(samples), 'samples/expected.json'), 'utf8')) as Expected;
    expect(expected.hellos.map((hello) => hello.ja3_hash)).toContain('f35ce21b44ac0b87d3266294bb1b0e20');
  });
});
