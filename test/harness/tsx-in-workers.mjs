// tsx serves the main thread only; threads of the command run from sources too.
import { isMainThread } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

if (!isMainThread) register();
