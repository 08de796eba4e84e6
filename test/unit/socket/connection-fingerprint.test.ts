import { describe, expect, it } from 'vitest';
import { connectionFingerprint } from '../../../src/socket/connection-fingerprint.js';
import { parseClientHello } from '../../../src/tls/index.js';
import { HELLO_SET_ABSENT, helloSet, helloSetIsThere } from '../../harness/hello-set.js';

describe('the fingerprint of a connection', () => {
  it.skipIf(!helloSetIsThere)(`has the values other tools found, and shows them as JSON (${HELLO_SET_ABSENT})`, () => {
    const known = helloSet().filter(
      (hello) => hello.parse_error === null && hello.transport === 'tcp' && hello.ssl_ja3_hash,
    );
    expect(known.length).toBeGreaterThan(100);
    for (const hello of known) {
      const fingerprint = connectionFingerprint(parseClientHello(hello.raw), null);
      expect(fingerprint.proxiedSrc).toBeNull();
      const json = JSON.parse(JSON.stringify(fingerprint));
      expect(json, hello.id).toMatchObject({
        ja3: hello.ja3_hash,
        ja4: hello.ja4,
        sslJa3: { '3.0': hello.ssl_ja3_hash },
      });
      expect(Object.keys(json)).toEqual(['ja3', 'ja3n', 'sslJa3', 'ja4']);
    }
  });
});
