import { memoryStore, openStore } from '../../../src/store/index.js';

/** A process of its own in which better-sqlite3 cannot be loaded. It uses the store in memory, then tries to open the file named, and prints what came of it. */
const store = memoryStore();
const [path = ''] = process.argv.slice(2);
const refused = await openStore(path, { create: true }).catch((error: unknown) => error);
const { name, code, field, message } = refused as Record<string, unknown>;
process.stdout.write(JSON.stringify({ counts: store.counts(), name, code, field, message }));
