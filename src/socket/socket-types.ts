import type { ConnectionFingerprint } from './connection-fingerprint.js';

declare module 'net' {
  interface Socket {
    /**
     * What the client's hello says of it, on a server that has {@link fingerprintConnections}: there when 'secureConnection' is emitted. null where the hello could
     * not be used; undefined on other servers, and while the hello has not come.
     */
    fingerprint?: ConnectionFingerprint | null;
  }
}
