/** Deciding about logins. */
export {
  defaultAttributes,
  hashMechanisms,
  PolicyClient,
  type PolicyClientOptions,
  type PolicyClientPorts,
  type PolicyCounts,
  type PolicyNotices,
  policyDefaults,
} from './client/index.js';
export type { DecisionOptions, HistoryLimits, Learning } from './decide/options.js';
export {
  COUNTED,
  type Conditions,
  type CountCondition,
  type Counted,
  PER,
  type Per,
  type Rule,
  type RuleAction,
  type TimeCondition,
} from './rules/model.js';
export type { PolicyServerOptions, ServerSecrets } from './server/options.js';
