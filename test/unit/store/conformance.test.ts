import { join } from 'node:path';
import { memoryStore, openStore } from '../../../src/store/index.js';
import { storeConformance } from '../../conformance/store.js';
import { temporaryFolder } from './folder.js';

storeConformance('SQLite', () => openStore(join(temporaryFolder(), 'sensor.db'), { create: true }));

storeConformance('memory', () => Promise.resolve(memoryStore()));
