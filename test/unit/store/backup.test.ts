import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openStore, type Store } from '../../../src/store/index.js';
import { temporaryFolder } from './folder.js';
import { batch, heards } from './policy-rows.js';
import { label, observations } from './rows.js';
import { mayMount, smallDisk } from './small-disk.js';

const MAY_MOUNT = mayMount();

async function filled(count: number): Promise<{ folder: string; path: string; store: Store }> {
  const folder = temporaryFolder();
  const path = join(folder, 'sensor.db');
  const store = await openStore(path, { create: true });
  onTestFinished(() => store.close());
  store.labels.seed([label()]);
  store.observations.record(observations(0, count));
  store.policy.write(batch({ heard: heards(0, 100) }));
  return { folder, path, store };
}

describe('a backup', () => {
  it('is a whole database for the owner alone, without the key', async () => {
    const { folder, store } = await filled(3_000);
    const target = join(folder, 'copy.db');
    const told: number[] = [];
    await store.upkeep.backup(target, { onProgress: ({ total, remaining }) => told.push(total - remaining) });
    expect(statSync(target).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).filter((name) => name.startsWith('copy'))).toEqual(['copy.db']);
    expect(told.length).toBeGreaterThan(0);
    const copy = await openStore(target, { create: false, readOnly: true });
    expect(copy.counts()).toEqual(store.counts());
    expect([...copy.policy.heard(0)]).toEqual([...store.policy.heard(0)]);
    expect(copy.policy.counts().heard).toBe(100);
    expect(copy.labels.all()).toEqual([label()]);
    copy.close();
    await expect(openStore(target, { create: false })).rejects.toMatchObject({ code: 'database_key' });
    writeFileSync(`${target}.key`, readFileSync(join(folder, 'sensor.db.key')), { mode: 0o600 });
    const restored = await openStore(target, { create: false });
    expect(restored.observations.record(observations(2_990, 20))).toEqual({ added: 10, known: 10 });
    restored.close();
  });

  it('writes over nothing', async () => {
    const { folder, path, store } = await filled(10);
    const target = join(folder, 'notes.txt');
    writeFileSync(target, 'mine');
    const refused = { code: 'backup_exists', field: 'database', message: expect.stringContaining(target) };
    await expect(store.upkeep.backup(target)).rejects.toMatchObject(refused);
    await expect(store.upkeep.backup(path)).rejects.toMatchObject({ code: 'backup_exists' });
    expect(readFileSync(target, 'utf8')).toBe('mine');
    const nowhere = join(folder, 'none', 'copy.db');
    await expect(store.upkeep.backup(nowhere)).rejects.toMatchObject({ code: 'database_unreadable' });
  });

  it('comes to an end, and is of one moment, while another writes', async () => {
    const { folder, path, store } = await filled(100_000);
    const other = await openStore(path, { create: false });
    onTestFinished(() => other.close());
    const target = join(folder, 'copy.db');
    let written = 0;
    await store.upkeep.backup(target, {
      onProgress: () => {
        // Another connection's commit makes SQLite begin again.
        written += other.observations.record(observations(1_000_000 + written, 100)).added;
      },
    });
    expect(written).toBeGreaterThanOrEqual(300);
    const raw = new Database(target, { readonly: true });
    expect(raw.pragma('integrity_check', { simple: true })).toBe('ok');
    const { rows, counted } = raw
      .prepare<[], { rows: number; counted: number }>(
        "SELECT (SELECT count(*) FROM observations) AS rows, (SELECT rows FROM row_counts WHERE name = 'observations') AS counted",
      )
      .get()!;
    expect(rows).toBe(counted);
    expect((rows - 100_000) % 100).toBe(0);
    raw.close();
  });

  it.skipIf(!MAY_MOUNT)(
    'leaves nothing half copied on a full disk (skipped where mounting is not allowed)',
    async () => {
      const { store } = await filled(20_000);
      const target = join(smallDisk(), 'copy.db');
      const refused = { code: 'disk_full', message: expect.stringContaining(target) };
      await expect(store.upkeep.backup(target)).rejects.toMatchObject(refused);
      expect(existsSync(target)).toBe(false);
    },
  );
});
