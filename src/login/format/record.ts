import type { OpenSslGeneration, ProxiedLogin } from '../../model/index.js';

/** What of persons is shown. */
export interface Privacy {
  /** Names of users are replaced by what this makes of them: {@link keyedNames}. null: they are shown. */
  readonly userName: ((name: string) => string) | null;
  /** Of a client's address the network is shown alone: /24 of IPv4, /48 of IPv6. The session's name, which holds the address, is cut to what comes before it. */
  readonly truncateAddresses: boolean;
}

/** What variables are read from. */
export interface LineRecord {
  readonly login: ProxiedLogin;
  /** What is said, before the elements. */
  readonly message: string;
  readonly openssl: OpenSslGeneration;
  readonly privacy: Privacy;
  /** The process's number. */
  readonly pid: number;
}
