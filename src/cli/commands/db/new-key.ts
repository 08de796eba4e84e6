import { existsSync } from 'node:fs';
import { SensorError } from '../../../errors.js';
import { escapeText } from '../../../report/index.js';
import { openStore } from '../../../store/index.js';
import { EXIT, type ExitCode } from '../../exit-codes.js';
import type { DatabaseChoice } from '../../label-source.js';
import { say } from '../../say.js';
import { give } from './answer.js';
import { missing } from './database.js';
import { dbOptions, type RawDbOptions } from './options.js';

export interface RawNewKeyOptions extends RawDbOptions {
  readonly replace?: boolean;
}

/**
 * Begins a new key where the old one is lost.
 *
 * @returns `failed` where the key is there and is right, and `--replace` was not given: all users would be forgotten by mistake
 */
export async function newKey(raw: RawNewKeyOptions): Promise<ExitCode> {
  const { database, json } = dbOptions(raw);
  if (!existsSync(database.path)) throw missing(database);
  if (raw.replace !== true && (await hasItsKey(database))) {
    say('its key is there, and is its own: with a new one all stored users are forgotten (--replace does it)');
    return EXIT.failed;
  }
  const store = await openStore(database.path, { create: false, newKey: true });
  try {
    const { keyPath } = store.upkeep.status();
    return await give(
      {
        json: { key_path: keyPath },
        text: () => `${escapeText(keyPath)}: a new key; copy it to another place\n`,
      },
      json,
    );
  } finally {
    store.close();
  }
}

async function hasItsKey({ path }: DatabaseChoice): Promise<boolean> {
  try {
    (await openStore(path, { create: false })).close();
    return true;
  } catch (error) {
    if (error instanceof SensorError && error.code === 'database_key') return false;
    throw error;
  }
}
