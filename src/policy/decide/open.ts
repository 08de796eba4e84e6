import { openHistory } from '../history/index.js';
import { counterSpecsOf } from '../rules/index.js';
import type { DecisionOptions, DecisionPorts, PolicyPast } from './options.js';
import { RulesDecider } from './rules-decider.js';

/**
 * A decider that knows what was before. All of the past is read here: some seconds for 100,000 users.
 *
 * @param past null: the history begins with nothing
 * @throws SensorError as the past does; TypeError for a rule with a network that is none
 */
export function openDecider(options: DecisionOptions, ports: DecisionPorts, past: PolicyPast | null): RulesDecider {
  const { rules, learning, limits } = options;
  const history = openHistory({ counters: counterSpecsOf(rules), learning, limits, past, now: ports.now });
  return new RulesDecider(options, ports, history, past);
}
