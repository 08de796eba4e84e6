import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { QUEUE_ROWS } from '../../../../src/cli/recording/limits.js';
import type { WriterSettings } from '../../../../src/cli/recording/messages.js';
import { Recording, type RecordingOptions } from '../../../../src/cli/recording/recording.js';
import { openStore, type StoreCounts } from '../../../../src/store/index.js';
import { proxiedLogin } from '../../../harness/proxied-login.js';
import { startWriter, writerFrom } from '../../../harness/record-writer.js';
import { temporaryFolder } from '../../store/folder.js';
import { observation, seenLogin } from '../../store/rows.js';
import { mayMount, smallDisk } from '../../store/small-disk.js';

const MAY_MOUNT = mayMount();
/** The condition is looked at until it holds; a machine under load may take its time. */
const SOON = { timeout: 60_000, interval: 20 };

type Details = Readonly<Record<string, unknown>>;

interface Told {
  readonly level: 'info' | 'warn';
  readonly message: string;
  readonly details: Details;
}

function recording(
  change: Partial<WriterSettings> = {},
  options: RecordingOptions = {},
): { recording: Recording; path: string; told: Told[] } {
  const path = change.database ?? join(temporaryFolder(), 'sensor.db');
  const told: Told[] = [];
  const tell =
    (level: Told['level']) =>
    (message: string, details: Details = {}) =>
      void told.push({ level, message, details });
  const made = new Recording(
    { database: path, users: 'hmac', prune: false, ...change },
    { info: tell('info'), warn: tell('warn') },
    { start: startWriter, ...options },
  );
  onTestFinished(async () => void (await made.close(0)));
  return { recording: made, path, told };
}

async function counts(path: string): Promise<StoreCounts> {
  const store = await openStore(path, { create: false, readOnly: true });
  const result = store.counts();
  store.close();
  return result;
}

const holds = (path: string, logins: number) =>
  vi.waitFor(async () => expect(await counts(path)).toMatchObject({ logins }), SOON);

/** Takes the lock, for as long as the test wants. */
function lock(path: string): () => void {
  const other = new Database(path);
  other.exec('BEGIN EXCLUSIVE');
  return () => {
    other.exec('ROLLBACK');
    other.close();
  };
}

describe('what the proxy records', () => {
  it('is in the database when it is closed: each login and hello once, as its line has it', async () => {
    const { recording: one, path, told } = recording({ users: 'plain' });
    for (let i = 0; i < 3_000; i++) {
      one.login(seenLogin(i, { user: `user${i}\r\n` }));
      one.observation(observation(i));
    }
    expect(await one.close()).toBe(0);
    expect(one.failing).toBe(false);
    expect(told).toEqual([]);
    expect(await counts(path)).toMatchObject({ logins: 3_000, observations: 3_000 });
    const store = await openStore(path, { create: false });
    expect(store.logins.list({ limit: 1 })).toMatchObject([{ user: 'user2999??', listener: 'imaps' }]);
    expect(store.labels.all()).not.toEqual([]);
    store.close();
    const { recording: again } = recording({ database: path });
    for (let i = 0; i < 3_000; i++) again.login(seenLogin(i, { user: `user${i}\r\n` }));
    await again.close();
    expect(await counts(path)).toMatchObject({ logins: 3_000 });
  });

  it('is soon there without anything being closed', async () => {
    const { recording: one, path } = recording();
    one.login(seenLogin(1));
    await holds(path, 1);
  });

  it('is what a policy decided too, in the same thread', async () => {
    const { recording: one, path } = recording();
    const row = { device: 'a', firstSeen: 1, lastSeen: 2, succeeded: 3, failed: 4 };
    one.login(seenLogin(1));
    one.write({ heard: [], userClients: [], userNetworks: [], devices: [row], usual: [], listed: [], unlisted: [] });
    expect(await one.close()).toBe(0);
    expect(await counts(path)).toMatchObject({ logins: 1 });
    const store = await openStore(path, { create: false, readOnly: true });
    expect([...store.policy.devices()]).toEqual([row]);
    store.close();
  });

  it('is no login where TLS was passed through', async () => {
    const { recording: one, path } = recording();
    one.login(proxiedLogin({ outcome: 'unseen' }));
    one.observation(observation(1));
    await one.close();
    expect(await counts(path)).toMatchObject({ logins: 0, observations: 1 });
  });

  it('takes fingerprints whose members are computed when they are read', async () => {
    const { recording: one, path } = recording();
    const { fingerprint } = proxiedLogin();
    class Lazy {
      get ja3() {
        return fingerprint!.ja3;
      }
      get ja3n() {
        return fingerprint!.ja3n;
      }
      get sslJa3() {
        return fingerprint!.sslJa3;
      }
      get ja4() {
        return fingerprint!.ja4;
      }
    }
    one.login(seenLogin(1, { fingerprint: new Lazy() }));
    one.observation(observation(1, { fingerprint: new Lazy() }));
    await one.close();
    expect(await counts(path)).toMatchObject({ logins: 1, observations: 1, fingerprints: 1 });
  });

  it('goes when it was kept long enough, where that is wanted', async () => {
    const { recording: first, path } = recording();
    first.login(seenLogin(1));
    await first.close();
    const raw = new Database(path);
    raw.prepare('UPDATE logins SET recorded_at = 1').run();
    raw.close();
    const { recording: second, told } = recording({ database: path, prune: true });
    await vi.waitFor(() => expect(told).toMatchObject([{ level: 'info', details: { deleted: 1 } }]), SOON);
    await second.close();
    expect(await counts(path)).toMatchObject({ logins: 0 });
  });
});

describe('a database that cannot be written', () => {
  it('takes, once its lock is let go, all that waited; and until then nobody waits', async () => {
    const { recording: one, path, told } = recording();
    one.login(seenLogin(0));
    await holds(path, 1);
    const release = lock(path);
    for (let i = 1; i <= 2_000; i++) one.login(seenLogin(i));
    await vi.waitFor(() => expect(one.failing).toBe(true), SOON);
    for (let i = 2_001; i <= 4_000; i++) one.login(seenLogin(i));
    expect(told).toMatchObject([{ level: 'warn', details: { dropped: 0, error: { code: 'database_locked' } } }]);
    release();
    await vi.waitFor(() => expect(one.failing).toBe(false), SOON);
    expect(told[1]).toMatchObject({ level: 'info', message: 'the database is written again' });
    expect(await one.close()).toBe(0);
    expect(await counts(path)).toMatchObject({ logins: 4_001 });
  });

  it('makes the newest be dropped where too many wait, which is told once a minute', async () => {
    let minutes = 0;
    const { recording: one, path, told } = recording({}, { now: () => minutes * 60_000 });
    one.login(seenLogin(0));
    await holds(path, 1);
    const release = lock(path);
    const beyond = 1_000;
    for (let i = 1; one.dropped < beyond; i++) one.login(seenLogin(i));
    const warnings = () => told.filter(({ level }) => level === 'warn');
    expect(one.failing).toBe(true);
    expect(warnings()).toMatchObject([{ details: { dropped: 1, waiting: QUEUE_ROWS } }]);
    minutes = 1;
    one.login(seenLogin(-1));
    expect(warnings()).toHaveLength(2);
    expect(warnings()[1]?.details).toMatchObject({ dropped: beyond });
    release();
    await vi.waitFor(() => expect(one.failing).toBe(false), SOON);
    await holds(path, QUEUE_ROWS + 1);
    expect(await one.close()).toBe(beyond + 1);
    // The oldest are there without a gap.
    const raw = new Database(path, { readonly: true });
    const span = raw.prepare('SELECT max(time_s) - min(time_s) AS span FROM logins').get();
    raw.close();
    expect(span).toEqual({ span: QUEUE_ROWS });
  });

  it('is given up at the deadline, with the number of what was lost', async () => {
    const { recording: one, path, told } = recording();
    one.login(seenLogin(0));
    await holds(path, 1);
    const release = lock(path);
    for (let i = 1; i <= 700; i++) one.login(seenLogin(i));
    expect(await one.close(50)).toBe(700);
    expect(told.at(-1)).toMatchObject({ level: 'warn', details: { dropped: 700 } });
    one.login(seenLogin(9));
    release();
    expect(one.dropped).toBe(701);
  });

  it('is noticed before the first login, and so is that it can be written again', async () => {
    const path = join(temporaryFolder(), 'sensor.db');
    writeFileSync(path, 'this is no database, but a text of somebody else'.repeat(100));
    const { recording: one, told } = recording({ database: path });
    await vi.waitFor(() => expect(one.failing).toBe(true), SOON);
    expect(told).toMatchObject([{ level: 'warn', details: { error: { code: 'database_damaged' } } }]);
    rmSync(path);
    await vi.waitFor(() => expect(one.failing).toBe(false), SOON);
    one.login(seenLogin(1));
    await one.close();
    expect(await counts(path)).toMatchObject({ logins: 1 });
  });

  it('may be damaged between two processes, and be put right from a backup meanwhile', async () => {
    const { recording: one, path } = recording();
    one.login(seenLogin(1));
    await one.close();
    const backup = readFileSync(path);
    writeFileSync(path, Buffer.concat([backup.subarray(0, 4_096), Buffer.alloc(backup.length - 4_096, 0xa5)]));
    const { recording: two } = recording({ database: path });
    two.login(seenLogin(2));
    await vi.waitFor(() => expect(two.failing).toBe(true), SOON);
    for (const side of ['', '-wal', '-shm']) rmSync(path + side, { force: true });
    writeFileSync(path, backup);
    await vi.waitFor(() => expect(two.failing).toBe(false), SOON);
    expect(await two.close()).toBe(0);
    expect(await counts(path)).toMatchObject({ logins: 2 });
  });

  it.skipIf(!MAY_MOUNT)('may lie on a full disk, and takes what waited once there is room (needs root)', async () => {
    const disk = smallDisk();
    const path = join(disk, 'sensor.db');
    const ballast = join(disk, 'ballast');
    writeFileSync(ballast, Buffer.alloc(200_000));
    const { recording: one, told } = recording({ database: path });
    let logins = 0;
    // A row more each time, until there is no room for it.
    while (!one.failing) {
      for (let i = 0; i < 100; i++) one.login(seenLogin(logins++));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(told[0]).toMatchObject({ level: 'warn', details: { error: { code: 'disk_full' } } });
    expect(existsSync(path)).toBe(true);
    rmSync(ballast);
    await vi.waitFor(() => expect(told.at(-1)?.level).toBe('info'), SOON);
    // With the time it takes: the disk cannot go while the thread has a file open there.
    await one.close();
  });

  it('is written by another thread where the one that wrote has died', async () => {
    const dying = writerFrom(new URL('dying-writer.ts', import.meta.url));
    const { recording: one, path, told } = recording({}, { start: dying });
    for (let i = 0; i < 1_000; i++) one.login(seenLogin(i));
    await vi.waitFor(() => expect(told).toHaveLength(2), SOON);
    expect(told).toMatchObject([
      { level: 'warn', details: { error: { code: 'thread_failed' } } },
      { level: 'info', message: 'the database is written again' },
    ]);
    expect(existsSync(`${path}.died`)).toBe(true);
    expect(await one.close()).toBe(0);
    expect(await counts(path)).toMatchObject({ logins: 1_000 });
  });
});
