import type { FingerprintStore } from './fingerprints.js';
import type { LabelStore } from './labels.js';
import type { PolicyStore } from './policy.js';
import type { Import, LoginStore, ObservationStore } from './records.js';
import type { StoreCounts } from './stored.js';
import type { Exports, Upkeep } from './upkeep.js';

export type * from './fingerprints.js';
export type * from './labels.js';
export type * from './policy.js';
export type * from './records.js';
export type * from './stored.js';
export * from './upkeep.js';

/** What recording and naming need: a file and the store in memory have it alike. */
export interface RecordingStore {
  readonly labels: LabelStore;
  readonly observations: ObservationStore;
  readonly logins: LoginStore;
  startImport(): Import;
  counts(): StoreCounts;
  /** May be called more than once; the store is of no use afterwards. */
  close(): void;
}

/** A database file. */
export interface Store extends RecordingStore {
  readonly fingerprints: FingerprintStore;
  readonly policy: PolicyStore;
  readonly exports: Exports;
  readonly upkeep: Upkeep;
}
