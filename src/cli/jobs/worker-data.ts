import type { JobSettings } from './messages.js';

/** What a worker is started with. */
export interface WorkerData {
  readonly settings: JobSettings;
  /** One counter, shared: bytes of its messages that were not dealt with yet. */
  readonly underWay: Int32Array;
  /** From so many on it waits. */
  readonly share: number;
}
