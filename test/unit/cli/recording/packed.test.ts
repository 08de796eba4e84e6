import { describe, expect, it } from 'vitest';
import { pack, unpack } from '../../../../src/cli/recording/packed.js';
import type { HeardLogin, KnownValue, PolicyBatch } from '../../../../src/model/index.js';

/** As the proxy has it: its members are computed when they are read. */
class Computed implements KnownValue {
  get hash(): string {
    return 'h'.repeat(32);
  }
  get string(): string {
    return '771,4865,,,';
  }
}

const heard: HeardLogin = {
  time: 1_750_000_000_123,
  session: 'Xb3RkqYoLN7AqAAB',
  userKey: '0'.repeat(32),
  remote: '192.0.2.7',
  protocol: 'imap',
  port: 993,
  sni: 'imap.example.org',
  mechanism: 'PLAIN',
  tls: true,
  tlsVersion: 'TLSv1.3',
  clientId: [
    ['name', 'Mutt'],
    ['os', null],
  ],
  views: { ja3: { hash: 'a'.repeat(32), string: '771,4865,,,' }, ja3n: null, sslJa3: null, ja4: null },
  device: 'd'.repeat(32),
  outcome: 'failed',
  effect: { action: 'tarpit', seconds: 3 },
  ignored: { action: 'reject', message: null },
  source: 'rules',
  rule: 'spray',
  evidence: [{ condition: 'failed_users', found: 17, numbers: { at_least: 15 } }],
};

const times = { firstSeen: 1, lastSeen: 2, succeeded: 3 };
const batch: PolicyBatch = {
  heard: [
    heard,
    { ...heard, session: null, views: { ja3: null, ja3n: { hash: 'b', string: null }, sslJa3: null, ja4: null } },
  ],
  userClients: [
    { userKey: 'u', device: 'd', ...times },
    { userKey: 'v', device: 'e', ...times, succeeded: 0 },
  ],
  userNetworks: [{ userKey: 'u', network: '192.0.2.0/24', ...times }],
  devices: [{ device: 'd', ...times, failed: 4 }],
  usual: [{ counter: 'c', key: 'k', usual: 2.5, learned: 3, since: 1, peak: 4, peakFrom: 2 }],
  listed: [{ list: 'block', ip: null, login: 'user', ja3: null, expires: 9, reason: 'spray' }],
  unlisted: [{ list: 'allow', ip: '192.0.2.7', login: null, ja3: null }],
};
const nothing: PolicyBatch = {
  heard: [],
  userClients: [],
  userNetworks: [],
  devices: [],
  usual: [],
  listed: [],
  unlisted: [],
};

describe('a packed batch', () => {
  it.each([batch, nothing])('is the same in the other thread', (each) => {
    expect(unpack(structuredClone(pack(each)))).toEqual(each);
  });

  it('has what is computed when it is read', () => {
    const computed = { ...heard, views: { ...heard.views, ja3: new Computed() } };
    const [found] = unpack(structuredClone(pack({ ...nothing, heard: [computed] }))).heard;
    expect(found?.views.ja3).toEqual({ hash: 'h'.repeat(32), string: '771,4865,,,' });
  });
});
