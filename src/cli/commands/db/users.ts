import { formatEndpoint } from '../../../endpoint.js';
import { escapeText, formatTableTime, formatTimestamp } from '../../../report/index.js';
import type { StoredLogin } from '../../../store/index.js';
import { type ExitCode, UsageError } from '../../exit-codes.js';
import { give, type Json } from './answer.js';
import { withStore } from './database.js';
import { dbOptions, type RawDbOptions } from './options.js';
import { counted, HASH, tableOf } from './text.js';
import { policyJson, policyRows, policyText } from './user-policy.js';
import { shownValue } from './views.js';

/** Deletes all that is stored of a user. @returns `failed` where there is nothing */
export async function forgetUser(name: string, raw: RawDbOptions): Promise<ExitCode> {
  const { database, json } = dbOptions(raw);
  const user = userName(name);
  return withStore(database, 'write', (store) => {
    const forgotten = store.logins.forgetUser(user);
    return give(
      {
        json: { forgotten },
        text: () => (forgotten === 0 ? '' : `deleted ${counted(forgotten, 'row')}\n`),
        nothing: forgotten === 0 ? nothingOf(user) : null,
      },
      json,
    );
  });
}

/** Prints all that is stored of a user. @returns `failed` where there is nothing */
export async function exportUser(name: string, raw: RawDbOptions): Promise<ExitCode> {
  const { database, json } = dbOptions(raw);
  const user = userName(name);
  return withStore(database, 'read', (store) => {
    const logins = store.logins.exportUser(user);
    const policy = store.policy.ofUser(user);
    const fingerprints = new Map(
      [...new Set(logins.map(({ fingerprintId }) => fingerprintId))].map((id) => [
        id,
        id === null ? null : (store.fingerprints.get(id)?.views ?? null),
      ]),
    );
    const hashOf = ({ fingerprintId }: StoredLogin): string | null => {
      const views = fingerprints.get(fingerprintId) ?? null;
      return views === null ? null : shownValue(views);
    };
    return give(
      {
        json: { user, logins: logins.map((login) => loginJson(login, hashOf(login))), policy: policyJson(policy) },
        text: async () =>
          [await loginTable(logins, hashOf), await policyText(policy)].filter((text) => text !== '').join('\n'),
        nothing: logins.length + policyRows(policy) === 0 ? nothingOf(user) : null,
      },
      json,
    );
  });
}

function nothingOf(user: string): string {
  return `no login of ${user} is stored`;
}

/** @throws UsageError */
function userName(name: string): string {
  if (name === '') throw new UsageError('the user has an empty name');
  return name;
}

function loginJson(login: StoredLogin, fingerprint: string | null): Json {
  const { remote, local } = login;
  return {
    id: login.id,
    timestamp: formatTimestamp(login.time),
    session: login.session,
    protocol: login.protocol,
    user: login.user,
    user_hash: login.userHash,
    src_ip: remote?.ip ?? null,
    src_port: remote?.port || null,
    dst_ip: local?.ip ?? null,
    dst_port: local?.port || null,
    mechanism: login.mechanism,
    outcome: login.outcome,
    reason: login.reason,
    tls: login.tls,
    fingerprint_id: login.fingerprintId,
    fingerprint,
    listener: login.listener,
    sni: login.sni,
    tls_version: login.tlsVersion,
    backend: login.backend,
    reason_code: login.reasonCode,
    client_id: login.clientId,
  };
}

function loginTable(logins: readonly StoredLogin[], hashOf: (login: StoredLogin) => string | null): Promise<string> {
  return tableOf(
    [
      { head: 'TIME (UTC)', usual: 19 },
      { head: 'ADDRESS', usual: 15 },
      { head: 'TO', usual: 15, least: 10 },
      { head: 'PROTOCOL', usual: 8 },
      { head: 'OUTCOME', usual: 9 },
      { head: 'MECHANISM', usual: 9 },
      { head: 'REASON', least: 6 },
      { head: 'FINGERPRINT', ...HASH },
    ],
    logins.map((login) =>
      [
        formatTableTime(login.time),
        login.remote?.ip ?? '-',
        login.local === null ? '-' : formatEndpoint(login.local),
        login.protocol,
        login.outcome,
        login.mechanism ?? '-',
        login.reason ?? '-',
        hashOf(login) ?? '-',
      ].map(escapeText),
    ),
  );
}
