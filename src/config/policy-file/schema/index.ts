import { z } from 'zod';
import { account, mapping, path } from '../../schema/pieces.js';
import { history, learning } from './history.js';
import { seconds, yesOrNo } from './pieces.js';
import { rules } from './rule.js';
import { listen, networks, rate, secrets, tls } from './server.js';

/** The whole policy file. What it gives is not yet checked for sense (../check). */
export const policySchema = mapping({
  listen: listen(),
  tls: tls().optional().describe('Certificate of the server. Without it: plain HTTP.'),
  networks: networks(),
  ask: secrets().optional().describe('What mail servers must send to ask and report. Without it: nothing.'),
  manage: secrets()
    .optional()
    .describe(
      'What must be sent to change lists and counts. Without it: these commands are open to this machine alone.',
    ),
  rate: rate().prefault({}).describe('How many requests are taken.'),
  database: path('the path of a database')
    .optional()
    .describe('Database that the history and all verdicts are kept in. Without it both end with the process.'),
  log: path('stderr, stdout or the path of a file')
    .prefault('stderr')
    .describe('Where verdicts go, as JSON lines: stderr, stdout or a file.'),
  names: yesOrNo().prefault(true).describe('Whether clients are named.'),
  user: account('the name of a user')
    .optional()
    .describe('Whom to become once all files that are named here are read. Ports below 1024 cannot be bound then.'),
  group: account('the name of a group').optional().describe("Group to become. Without it: the user's."),
  enforce: yesOrNo().prefault(false).describe('Whether verdicts are obeyed, or only written.'),
  max_tarpit: seconds('1s', '10m')
    .prefault('30s')
    .describe('The longest a login is made to wait, whatever a rule says.'),
  learning: learning()
    .prefault({})
    .describe('When a user is known well enough for a new client or network to mean anything: both must be reached.'),
  history: history().prefault({}).describe('How much is remembered. Beyond it the longest unseen is forgotten.'),
  rules: rules(),
});

export type PolicyFileEntry = z.output<typeof policySchema>;

/** The policy file's shape as JSON Schema (draft 7, which editors know). */
export function policyJsonSchema(): unknown {
  return z.toJSONSchema(policySchema, { io: 'input', target: 'draft-7' });
}

export { type ConditionsEntry, type CountEntry, RUNGS } from './conditions.js';
export { type RuleEntry, rule as ruleSchema } from './rule.js';
export type { SecretsEntry, TlsEntry } from './server.js';
