import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../../src/store/index.js';
import { temporaryFolder } from './folder.js';
import { label, MUTT, observation } from './rows.js';

function mode(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

describe('openStore', () => {
  it('makes file and folders for their owner alone', async () => {
    const folder = join(temporaryFolder(), 'share', 'ja3-sensor');
    const path = join(folder, 'sensor.db');
    const store = await openStore(path, { create: true });
    store.labels.seed([label()]);
    expect(mode(folder)).toBe('700');
    expect(mode(path)).toBe('600');
    expect(mode(`${path}.key`)).toBe('600');
    expect(mode(`${path}-wal`)).toBe('600');
    expect(mode(`${path}-shm`)).toBe('600');
    store.close();
  });

  it('leaves the database and its key behind when closed', async () => {
    const folder = temporaryFolder();
    const store = await openStore(join(folder, 'sensor.db'), { create: true });
    store.observations.record([observation(1)]);
    store.close();
    expect(readdirSync(folder).sort()).toEqual(['sensor.db', 'sensor.db.key']);
  });

  it('finds everything again when opened again, also for reading only', async () => {
    const path = join(temporaryFolder(), 'sensor.db');
    const first = await openStore(path, { create: true });
    first.labels.seed([label()]);
    first.observations.record([observation(1)]);
    first.close();
    for (const readOnly of [false, true]) {
      const again = await openStore(path, { create: false, readOnly });
      expect(again.labels.all()).toEqual([label()]);
      expect(again.counts()).toEqual({ fingerprints: 1, labels: 1, observations: 1, logins: 0 });
      again.close();
    }
  });

  it('takes no name for anything but a file', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, ':memory:'));
    const path = join(folder, ':memory:', ':memory:');
    (await openStore(path, { create: true })).close();
    expect(existsSync(path)).toBe(true);
  });

  it('makes nothing where it is not told to', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'sensor.db');
    const refused = { code: 'database_missing', field: 'database', message: expect.stringContaining(path) };
    await expect(openStore(path, { create: false })).rejects.toMatchObject(refused);
    await expect(openStore(path, { create: true, readOnly: true })).rejects.toMatchObject(refused);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('reads nothing into an empty file, and fills it when it may write', async () => {
    const path = join(temporaryFolder(), 'sensor.db');
    writeFileSync(path, '');
    await expect(openStore(path, { create: false, readOnly: true })).rejects.toMatchObject({
      code: 'database_missing',
    });
    const store = await openStore(path, { create: false });
    expect(store.counts().observations).toBe(0);
    store.close();
  });

  it('stores what an observation says, column by column, and nothing else', async () => {
    const path = join(temporaryFolder(), 'sensor.db');
    const store = await openStore(path, { create: true });
    store.observations.record([
      observation(1, {
        timestamp: { seconds: 1_700_000_000, nanoseconds: 987_654_321, digits: 9 },
        src: { ip: '2001:db8::7', port: 50_001 },
        dst: { ip: '2001:db8::993', port: 143 },
        proxiedSrc: { ip: '203.0.113.7', port: 4711 },
        starttls: 'imap',
        sni: 'imap.example.org',
        alpn: ['imap', 'h2'],
        tlsVersion: '1.3',
        retry: true,
        fingerprint: MUTT,
      }),
    ]);
    store.close();
    const raw = new Database(path, { readonly: true });
    const { key, recorded_at, ...row } = raw.prepare<[], Record<string, unknown>>('SELECT * FROM observations').get()!;
    expect(row).toEqual({
      id: 1,
      time_s: 1_700_000_000,
      time_ns: 987_654_321,
      transport: 'tcp',
      src_ip: '2001:db8::7',
      src_port: 50_001,
      dst_ip: '2001:db8::993',
      dst_port: 143,
      proxied_ip: '203.0.113.7',
      proxied_port: 4711,
      starttls: 'imap',
      sni: 'imap.example.org',
      alpn: '["imap","h2"]',
      tls_version: '1.3',
      retry: 1,
      fingerprint_id: 1,
      cut: 0,
    });
    expect(key).toHaveLength(16);
    expect(recorded_at).toBeGreaterThan(1_700_000_000);
    const { shape, ...views } = raw.prepare<[], Record<string, unknown>>('SELECT * FROM fingerprints').get()!;
    expect(views).toEqual({
      id: 1,
      whole: 1,
      whole_id: null,
      heard_day: null,
      ja3: MUTT.ja3?.string,
      ja3_hash: 'f35ce21b44ac0b87d3266294bb1b0e20',
      ja3n_hash: '00000000000000000000000000000001',
      ssl_ja3_30: 'mutt as OpenSSL 3.0 sees it',
      ssl_ja3_30_hash: 'b7e9d913d85c071f5b806d59601e9b96',
      ssl_ja3_35: 'mutt as OpenSSL 3.5 sees it',
      ssl_ja3_35_hash: '00000000000000000000000000000035',
      ssl_ja3: null,
      ssl_ja3_hash: null,
      ja4: 't13d...',
      ja4_r: 't13d..._r',
    });
    expect(shape).toHaveLength(16);
    raw.close();
  });
});
