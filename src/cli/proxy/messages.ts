import type { BoundListener } from '../../proxy/index.js';
import type { ExitCode } from '../exit-codes.js';

/** What the first process tells a worker. */
export type ToWorker =
  | { readonly type: 'start'; readonly ticketKeys: string }
  | { readonly type: 'reload' }
  | { readonly type: 'stop' };

/** What a worker tells the first process. */
export type FromWorker =
  /** It hears from now on. What it was told before is lost. */
  | { readonly type: 'begun' }
  | { readonly type: 'listening'; readonly bound: readonly BoundListener[] }
  /** It could not begin, and ends. */
  | { readonly type: 'failed'; readonly message: string; readonly code: ExitCode };
