/** Who may ask, beside the networks: any user name with the password (Basic), or the key (`X-API-Key`). null: that way is closed. Both null: whoever comes from the networks. */
export interface ServerSecrets {
  readonly password: string | null;
  readonly apiKey: string | null;
}

export interface PolicyServerOptions {
  /** Port 0: any that is free. */
  readonly listen: readonly { readonly host: string; readonly port: number }[];
  /** PEM; null: plain HTTP. */
  readonly tls: { readonly certificate: string; readonly key: string } | null;
  /** Networks that requests may come from; empty: loopback. */
  readonly networks: readonly string[];
  /** For questions, reports and statistics. */
  readonly ask: ServerSecrets;
  /** For lists and reset. Both null: these commands are closed to everybody but loopback. */
  readonly manage: ServerSecrets;
  /** Requests a second of one address, on the average and at once. */
  readonly rate: { readonly perSecond: number; readonly burst: number };
}
