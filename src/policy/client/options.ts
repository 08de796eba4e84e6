import type { OpenSslGeneration } from '../../model/index.js';

/** Something the operator should know. Never with what a client typed. */
export interface PolicyNotices {
  info(message: string, details?: Readonly<Record<string, unknown>>): void;
  warn(message: string, details?: Readonly<Record<string, unknown>>): void;
}

/** What a policy client is told. Names in brackets are Dovecot's settings of the same meaning. */
export interface PolicyClientOptions {
  /** `http:` or `https:`; without a query, or ending in `&`. User and password in it are sent as Basic. [auth_policy_server_url] */
  readonly url: string;
  /** Never empty: without it, hashes of passwords could be looked up in tables. [auth_policy_hash_nonce] */
  readonly nonce: string;
  /** `Name: value`, or a key for `X-API-Key`; null: none. [auth_policy_server_api_header] */
  readonly apiHeader: string | null;
  /** PEM of the authorities its certificate may be from; null: the system's. */
  readonly ca: string | null;
  /** The name its certificate must have; null: the host's. */
  readonly serverName: string | null;
  /** What is sent beside {@link defaultAttributes}; a template of null takes one of these out. [auth_policy_request_attributes] */
  readonly attributes: Readonly<Record<string, string | null>>;
  /** One of {@link hashMechanisms}. [auth_policy_hash_mech] */
  readonly hashMechanism: string;
  /** Bits of the hash that are sent; 0: all. [auth_policy_hash_truncate] */
  readonly hashTruncate: number;
  /** User names are sent, and hashed, in lower case, as Dovecot does unless told otherwise [auth_username_format]. */
  readonly lowercaseUser: boolean;
  /** Where the server cannot be asked, logins are refused. [auth_policy_reject_on_fail] */
  readonly rejectOnFail: boolean;
  /** Verdicts are told and not obeyed. [auth_policy_log_only] */
  readonly logOnly: boolean;
  /** [auth_policy_check_before_auth] */
  readonly checkBeforeAuth: boolean;
  /** [auth_policy_check_after_auth] */
  readonly checkAfterAuth: boolean;
  /** [auth_policy_report_after_auth] */
  readonly reportAfterAuth: boolean;
  /** Milliseconds for one question, from the moment it is asked to the answer's last byte. [auth_policy_server_timeout_msecs] */
  readonly timeout: number;
  /** Seconds a login is made to wait at most, whatever the server says; 0: none is. */
  readonly maxTarpit: number;
  /** Whose `ssl_ja3` is sent. */
  readonly openssl: OpenSslGeneration;
}

/** Dovecot's defaults, and one of our own: a server cannot hold a login for longer than 30 s. */
export const policyDefaults = {
  apiHeader: null,
  ca: null,
  serverName: null,
  attributes: {},
  hashMechanism: 'sha256',
  hashTruncate: 12,
  lowercaseUser: true,
  rejectOnFail: false,
  logOnly: false,
  checkBeforeAuth: true,
  checkAfterAuth: true,
  reportAfterAuth: true,
  timeout: 2000,
  maxTarpit: 30,
  openssl: '3.0',
} as const satisfies Omit<PolicyClientOptions, 'url' | 'nonce'>;

/** Those of Dovecot 2.4, and the fingerprint where wforce looks for it (`attrs.ja3`). */
export const defaultAttributes: Readonly<Record<string, string>> = {
  login: '%{requested_username}',
  pwhash: '%{hashed_password}',
  remote: '%{remote_ip}',
  device_id: '%{client_id}',
  protocol: '%{protocol}',
  session_id: '%{session}',
  fail_type: '%{fail_type}',
  'attrs/ja3': '%{ja3_hash}',
  'attrs/ja3n': '%{ja3n_hash}',
  'attrs/ssl_ja3': '%{ssl_ja3_hash}',
  'attrs/ja4': '%{ja4}',
  'attrs/client': '%{client}',
};
