/** Rules of the operator's, and which of them fits a login. */
export { type CompiledRule, compileRules } from './compile.js';
export { counterSpecsOf } from './counters.js';
export { matchRule } from './match.js';
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
} from './model.js';
export { librariesOf } from './tls-libraries.js';
