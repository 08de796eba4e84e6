import type { RouteOptions, ServerCertificates } from '../proxy/index.js';
import type { KeyPath } from './problems.js';
import type { BackendEntry, ListenerEntry, ProxyEntry } from './schema/index.js';

/**
 * A file as far as it can be read: what has a wrong shape is null or missing, so that everything else can still be checked, and all that is wrong be said at once.
 */
export interface Draft {
  readonly root: Partial<Omit<ProxyEntry, 'listeners' | 'backends'>>;
  readonly listeners: readonly (ListenerEntry | null)[];
  /** null: declared, and wrong. */
  readonly backends: ReadonlyMap<string, BackendEntry | null>;
}

/** A listener with what belongs to it read from other files. */
export interface ListenerDraft {
  readonly path: KeyPath;
  readonly entry: ListenerEntry;
  /** null where it is wrong. */
  readonly route: RouteOptions | null;
  /** null where it needs none, or they are wrong. */
  readonly certificates: ServerCertificates | null;
}
