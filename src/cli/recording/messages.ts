import type { ObservationRow, PolicyBatch, SeenLogin } from '../../model/index.js';
import type { UserForm } from '../../store/index.js';
import type { ErrorParts } from '../jobs/messages.js';
import type { PackedBatch } from './packed.js';

/** What the thread that writes is started with. */
export interface WriterSettings {
  /** Path of the database, which is made where there is none. */
  readonly database: string;
  readonly users: UserForm;
  /** Which key the users of policy rows are told by: `key` of the store that made theirs. Absent: the database's own. */
  readonly policyKey?: string;
  /** What was kept long enough is let go of, at the beginning and daily. */
  readonly prune: boolean;
}

/** Rows of one turn. */
export interface Batch {
  readonly logins: readonly SeenLogin[];
  readonly observations: readonly ObservationRow[];
  /** In order: what a later one takes off a list, an earlier one may have put there. */
  readonly policy: readonly PolicyBatch[];
}

/** The same on its way. */
export interface PackedRows extends Omit<Batch, 'policy'> {
  readonly policy: readonly PackedBatch[];
}

/** A batch comes when the one before is answered. `close`: nothing comes any more. */
export type ToWriter = { readonly type: 'write'; readonly batch: PackedRows } | { readonly type: 'close' };

export type FromWriter =
  /** All rows of the batch are committed. */
  | { readonly type: 'written' }
  /** Some may be committed: handing all of them in again is safe. */
  | { readonly type: 'failed'; readonly error: ErrorParts }
  | { readonly type: 'pruned'; readonly cut: number; readonly deleted: number }
  | { readonly type: 'prune_failed'; readonly error: ErrorParts };
