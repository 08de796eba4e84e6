import { z } from 'zod';
import { isHostName } from '../texts.js';
import { backends } from './backend.js';
import { certificates, tlsSettings } from './certificates.js';
import { limits } from './limits.js';
import { listeners } from './listener.js';
import { loginLog } from './login-log.js';
import { account, checked, count, flag, mapping, oneOf, path } from './pieces.js';
import { policy } from './policy.js';

/** The whole file. What it gives is not yet checked for sense (../check). */
export const proxySchema = mapping({
  hostname: checked('a host name', isHostName)
    .optional()
    .describe("The name that greetings show. Without it: the machine's."),
  listeners: listeners(),
  backends: backends(),
  certificates: certificates()
    .optional()
    .describe('Certificates of the listeners, the first for clients that name no server.'),
  tls_settings: tlsSettings().prefault({}).describe('TLS with clients.'),
  limits: limits().prefault({}).describe('Times and numbers after which somebody is turned away.'),
  log: path('stderr, stdout or the path of a file')
    .prefault('stderr')
    .describe('Where login lines go, as JSON: stderr, stdout or a file.'),
  login_log: loginLog().optional().describe('Login lines in the form of Dovecot, beside those of log.'),
  policy: policy()
    .optional()
    .describe('Who decides about logins: a policy server that is asked, or rules in this process.'),
  database: path('the path of a database')
    .optional()
    .describe('Database that names come from and logins are recorded in.'),
  record: flag().prefault(true).describe('Whether logins are recorded in the database, where one is given.'),
  names: flag().prefault(true).describe('Whether clients are named.'),
  when_unrecorded: oneOf(['continue', 'refuse'])
    .prefault('continue')
    .describe('What happens to logins while the log or the database cannot be written.'),
  openssl: oneOf(['3.0', '3.5'])
    .prefault('3.0')
    .describe("Generation of OpenSSL that the backend's Dovecot has, for ssl_ja3."),
  workers: count(1, 64).prefault(1).describe('Processes that share the ports.'),
  user: account('the name of a user').optional().describe('Whom to become once ports are bound.'),
  group: account('the name of a group').optional().describe("Group to become. Without it: the user's."),
});

export type ProxyEntry = z.output<typeof proxySchema>;

/** The file's shape as JSON Schema (draft 7, which editors know). */
export function proxyJsonSchema(): unknown {
  return z.toJSONSchema(proxySchema, { io: 'input', target: 'draft-7' });
}

export type { BackendEntry } from './backend.js';
export { backend as backendSchema } from './backend.js';
export type { CertificateEntry, TlsSettingsEntry } from './certificates.js';
export type { LimitsEntry } from './limits.js';
export type { ListenerEntry } from './listener.js';
export { listener as listenerSchema } from './listener.js';
export type { LoginLogEntry } from './login-log.js';
export type { PolicyEntry } from './policy.js';
export type { RouteEntry, UserRuleEntry } from './route.js';
