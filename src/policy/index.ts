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
export { openDecider, RulesDecider } from './decide/index.js';
export type { PolicyManagement } from './decide/management.js';
export type {
  Decider,
  Decision,
  DecisionOptions,
  DecisionPorts,
  HistoryLimits,
  Identify,
  Learning,
  PolicyBook,
  PolicyPast,
  RunningDecider,
} from './decide/options.js';
export { LocalPolicy, type LocalPolicyPorts } from './local/index.js';
export type { LoginReport, PolicyLogin, SeenClient } from './login.js';
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
export { PolicyServer, type PolicyServerOptions, type PolicyServerPorts, type ServerSecrets } from './server/index.js';
