import type { z } from 'zod';
import { hashMechanisms, policyDefaults } from '../../policy/index.js';
import { isAddress, isHostName } from '../texts.js';
import { checked, count, duration, flag, mapping, oneOf, path, record } from './pieces.js';

const httpUrl = (value: string): boolean => /^https?:\/\/[\x21-\x7e]+$/.test(value) && URL.canParse(value);

export const policy = () =>
  mapping({
    rules: path('the path of a policy file')
      .optional()
      .describe('Policy file whose rules decide in this process, without a server. Nothing else stands beside it.'),
    server: checked('a URL that begins with http:// or https://', httpUrl)
      .optional()
      .describe('The policy server. A user and password in it are sent as Basic.'),
    nonce: checked('a text that is not empty', (value) => value.length > 0)
      .optional()
      .describe('What hashes of passwords begin with. The same at all who ask this server, and a secret.'),
    api_header: checked('"Name: value" or a key', (value) => /^[\x20-\x7e]+$/.test(value))
      .optional()
      .describe('A header for every request; without a colon it is the value of X-API-Key.'),
    ca: path('the path of a PEM file with authorities')
      .optional()
      .describe('PEM file of the authorities its certificate must come from.'),
    server_name: checked('a host name', (value) => isHostName(value) && !isAddress(value))
      .optional()
      .describe("The name its certificate must have. Without it: the host's."),
    attributes: record(
      checked('a name such as "attrs/country"', (value) => /^[\x21-\x7e]{1,64}$/.test(value)),
      checked('a template such as "%{sni}", or an empty text to leave it out', (value) => value.length <= 512),
      'templates by their names',
    )
      .prefault({})
      .describe('Request attributes beside the usual ones; an empty text leaves a usual one out.'),
    hash_mechanism: oneOf(hashMechanisms)
      .prefault(policyDefaults.hashMechanism)
      .describe('Hash of the password that is sent.'),
    hash_truncate: count(0, 512)
      .prefault(policyDefaults.hashTruncate)
      .describe('Bits of the hash that are sent; 0 sends all.'),
    lowercase_user: flag()
      .prefault(policyDefaults.lowercaseUser)
      .describe('Whether names of users are sent in lower case, as Dovecot does.'),
    reject_on_fail: flag()
      .prefault(policyDefaults.rejectOnFail)
      .describe('Whether logins are refused while the server cannot be asked.'),
    log_only: flag().prefault(policyDefaults.logOnly).describe('Whether verdicts are written and not obeyed.'),
    check_before_auth: flag()
      .prefault(policyDefaults.checkBeforeAuth)
      .describe('Whether it is asked before a backend.'),
    check_after_auth: flag().prefault(policyDefaults.checkAfterAuth).describe('Whether it is asked after a success.'),
    report_after_auth: flag().prefault(policyDefaults.reportAfterAuth).describe('Whether it is told how logins end.'),
    timeout: duration('100ms', '60s').prefault('2s').describe('Time for one question.'),
    max_tarpit: duration('0s', '10m')
      .prefault('30s')
      .describe('The longest a login is made to wait, whatever it says.'),
  }).meta({ oneOf: [{ required: ['rules'] }, { required: ['server', 'nonce'] }] });

export type PolicyEntry = z.output<ReturnType<typeof policy>>;
