import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ja3, sslJa3 } from '../../../src/fingerprint/index.js';
import { parseClientHello } from '../../../src/tls/index.js';
import { clientHello, extension, groupsExtension, pointFormatsExtension } from '../../build/hello.js';

const FILE = new URL('../../../../shared/data/mail-clients.csv', import.meta.url);

/** The fields of a CSV line in which some are quoted and none holds a quote. */
const fieldsOf = (line: string) => Array.from(line.matchAll(/("([^"]*)"|([^,]*))(,|$)/g), (m) => m[2] ?? m[3]!);

describe.skipIf(!existsSync(FILE))(
  'mail clients captured on Debian 12 (skipped where ../shared/data is absent)',
  () => {
    const [header, ...lines] = existsSync(FILE) ? readFileSync(FILE, 'utf8').trimEnd().split('\n') : [''];
    const names = fieldsOf(header!);
    const rows: Record<string, string>[] = lines.map((line) =>
      Object.fromEntries(fieldsOf(line).map((value, i) => [names[i], value])),
    );

    it.each(rows)('$client $version', (row) => {
      const [version, ciphers, types, groups, formats] = row
        .ja3!.split(',')
        .map((field) => (field === '' ? [] : field.split('-').map(Number)));
      const extensions = types!.map((type) =>
        type === 10 ? groupsExtension(...groups!) : type === 11 ? pointFormatsExtension(...formats!) : extension(type),
      );
      const hello = parseClientHello(clientHello({ version: version![0]!, ciphers: ciphers!, extensions }));
      expect(ja3(hello)).toEqual({ string: row.ja3, hash: row.ja3_hash });
      // Two rows of sslscan offer TLS 1.0 and 1.1 only; their ssl_ja3 repeats that version, where a running Dovecot says 771.
      if (row.ja3!.startsWith('771,')) expect(sslJa3(hello)).toEqual({ string: row.ssl_ja3, hash: row.ssl_ja3_hash });
    });
  },
);
