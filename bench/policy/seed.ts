import { createHash } from 'node:crypto';
import type { HeardLogin, PolicyBatch } from '../../src/model/index.js';
import { deviceKeyOfHash } from '../../src/recognize/index.js';
import { openStore } from '../../src/store/index.js';
import { Random } from '../lib/random.js';

export interface Seed {
  readonly users: number;
  readonly fingerprints: number;
  /** Rows, spread over the thirty days before now. */
  readonly logins: number;
}

const CLIENTS_PER_USER = 3;
const NETWORKS_PER_USER = 5;
const DAYS = 30;
const DAY = 86_400;
const AT_ONCE = 1000;

const NOTHING: PolicyBatch = {
  heard: [],
  userClients: [],
  userNetworks: [],
  devices: [],
  usual: [],
  listed: [],
  unlisted: [],
};

/** Fills a database with what a policy knows after thirty days of the users of {@link Logins}: the fingerprint and network each logs in with there among those that are known. */
export async function seedDatabase(path: string, { users, fingerprints, logins }: Seed): Promise<void> {
  const store = await openStore(path, { create: true });
  try {
    const random = new Random(7);
    const now = Math.floor(Date.now() / 1000);
    const hashes = Array.from({ length: fingerprints }, (_, i) => createHash('md5').update(`${i}`).digest('hex'));
    const devices = hashes.map((hash) => deviceKeyOfHash('ja3', hash));
    const keys = Array.from({ length: users }, (_, i) => store.policy.userKey(`user${i + 1}@example.org`));
    const times = { firstSeen: now - DAYS * DAY, lastSeen: now - 3600, succeeded: 20 };
    for (let from = 0; from < users; from += AT_ONCE) {
      const some = keys.slice(from, from + AT_ONCE).map((userKey, i) => ({ userKey, user: from + i + 1 }));
      store.policy.write({
        ...NOTHING,
        userClients: some.flatMap(({ userKey, user }) =>
          Array.from({ length: CLIENTS_PER_USER }, (_, n) => ({
            userKey,
            device: devices[(user + n * 17) % fingerprints]!,
            ...times,
          })),
        ),
        userNetworks: some.flatMap(({ userKey, user }) =>
          Array.from({ length: NETWORKS_PER_USER }, (_, n) => ({
            userKey,
            network: `${10 + n}.${(user >> 16) & 255}.${(user >> 8) & 255}.0/24`,
            ...times,
          })),
        ),
      });
    }
    store.policy.write({ ...NOTHING, devices: devices.map((device) => ({ device, ...times, failed: 5 })) });
    for (let from = 0; from < logins; from += AT_ONCE) {
      const heard = Array.from({ length: Math.min(AT_ONCE, logins - from) }, (_, i): HeardLogin => {
        const user = random.between(1, users);
        const fingerprint = user % fingerprints;
        const seconds = now - DAYS * DAY + ((from + i) / logins) * DAYS * DAY;
        const old = seconds < now - 7 * DAY;
        return {
          time: Math.floor(seconds * 1000),
          // As the upkeep leaves it: after seven days the session is gone and the address cut.
          session: old ? null : `h${from + i}`.padStart(16, 's'),
          userKey: keys[user - 1]!,
          remote: `10.${(user >> 16) & 255}.${(user >> 8) & 255}.${old ? '0/24' : user & 255}`,
          protocol: 'imap',
          port: null,
          sni: null,
          mechanism: null,
          tls: true,
          tlsVersion: null,
          clientId: [
            ['name', 'Thunderbird'],
            ['version', '128.5.0'],
          ],
          views: { ja3: { string: null, hash: hashes[fingerprint]! }, ja3n: null, sslJa3: null, ja4: null },
          device: devices[fingerprint]!,
          outcome: random.chance(0.1) ? 'failed' : 'succeeded',
          effect: { action: 'allow' },
          ignored: null,
          source: 'rules',
          rule: null,
          evidence: [],
        };
      });
      store.policy.write({ ...NOTHING, heard });
    }
    // As whoever starts a server finds it, which has been looked after all the time.
    await store.upkeep.prune(now);
  } finally {
    store.close();
  }
}
