import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { escapeText } from '../../../report/index.js';
import { type ExitCode, UsageError } from '../../exit-codes.js';
import { Interrupt } from '../../interrupt.js';
import { progressBar } from '../../progress.js';
import { errorTakesBar } from '../../terminal.js';
import { give } from './answer.js';
import { withStore } from './database.js';
import { dbOptions, type RawDbOptions } from './options.js';
import { bytes } from './text.js';

/** SQLite's own default: the bar need not be exact. */
const PAGE_BYTES = 4096;

/** Copies the database while it is in use. */
export async function backup(target: string, raw: RawDbOptions): Promise<ExitCode> {
  const { database, json } = dbOptions(raw);
  if (target === '') throw new UsageError('the file has an empty name');
  return withStore(database, 'read', async (store) => {
    const bar = errorTakesBar() ? await progressBar(target, performance.now()) : null;
    const interrupt = new Interrupt();
    try {
      await store.upkeep.backup(target, {
        onProgress: ({ total, remaining }) => {
          // Half a copy is removed by whoever made it.
          interrupt.signal.throwIfAborted();
          bar?.update((total - remaining) * PAGE_BYTES, total * PAGE_BYTES);
        },
      });
    } catch (error) {
      if (interrupt.code !== null) return interrupt.code;
      throw error;
    } finally {
      interrupt.release();
      bar?.stop();
    }
    const path = resolve(target);
    const { size } = statSync(path);
    return give(
      {
        json: { path, size },
        text: () => `${escapeText(path)}: ${bytes(size)}. The key file is not in it: copy that apart, or not at all\n`,
      },
      json,
    );
  });
}
