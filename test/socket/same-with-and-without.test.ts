import { beforeAll, describe, expect, it } from 'vitest';
import { fingerprintConnections } from '../../src/socket/index.js';
import { OPENSSL_ABSENT, opensslIsThere, selfSigned } from '../harness/tls-servers.js';
import { type Keys, SCENARIOS } from './scenarios.js';

let keys: Keys;
beforeAll(() => {
  if (opensslIsThere) {
    keys = {
      server: selfSigned('localhost'),
      other: selfSigned('other.example'),
      client: selfSigned('client.example'),
    };
  }
});

describe.skipIf(!opensslIsThere)(`a TLS server with the hook is the server without (${OPENSSL_ABSENT})`, () => {
  it.each(Object.entries(SCENARIOS))('%s', async (_name, scenario) => {
    const without = await scenario(() => {}, keys);
    const withHook = await scenario((server) => void fingerprintConnections(server), keys);
    expect(withHook).toEqual(without);
  });
});
