import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { openStore } from '../../../src/store/index.js';
import { temporaryFolder } from './folder.js';
import { label, MUTT, observation, shape } from './rows.js';

const [clients = '', unnamed = ''] =
  /```sql\n([\s\S]*?)```/.exec(readFileSync('docs/database.md', 'utf8'))?.[1]?.split(';') ?? [];

it('the queries of docs/database.md answer what they say they do', async () => {
  const path = join(temporaryFolder(), 'sensor.db');
  const store = await openStore(path, { create: true });
  store.labels.seed([label(), label({ client: 'unseen', hash: '0'.repeat(32) })]);
  store.observations.record([
    observation(1, { fingerprint: MUTT }),
    observation(2, { fingerprint: MUTT }),
    observation(3, { fingerprint: MUTT, dst: { ip: '198.51.100.1', port: 443 } }),
    observation(4, { fingerprint: shape(7) }),
  ]);
  store.close();
  const raw = new Database(path, { readonly: true });
  expect(raw.prepare(clients).all()).toEqual([
    { client: 'Mutt', version: '2.2.9', tls_library: 'GnuTLS', view: 'ssl_ja3', hellos: 2 },
  ]);
  expect(raw.prepare(unnamed).all()).toEqual([
    { ja3_hash: '7'.padStart(32, '0'), hellos: 1, last_seen: '2023-11-14 22:13:24' },
  ]);
  raw.close();
});
