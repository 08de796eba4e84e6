import type { PolicyBatch, ToldViews } from '../../../src/model/index.js';
import {
  type DeciderHistory,
  type DecisionOptions,
  type DecisionPorts,
  type PolicyPast,
  RulesDecider,
} from '../../../src/policy/decide/index.js';
import type { HistoryKey, HistoryLogin } from '../../../src/policy/history/index.js';
import { pastWith, SUNDAY_NOON } from './rules.js';

/** What stands for a user where no key is at hand. */
export const userKeyOf = (name: string): string => `key of ${name.toLowerCase()}`;

/** A hash is its own device, apart for each view. */
export const deviceOfViews = ({ ja3, sslJa3 }: ToldViews): string | null =>
  ja3 !== null ? `ja3 ${ja3.hash}` : sslJa3 !== null ? `ssl_ja3 ${sslJa3.hash}` : null;

export interface Counted {
  readonly login: HistoryLogin;
  readonly outcome: string;
}

/** A decider whose book and whose history's record lie open. */
export class OpenDecider {
  readonly decider: RulesDecider;
  readonly counted: Counted[] = [];
  readonly forgotten: HistoryKey[] = [];
  readonly batches: PolicyBatch[] = [];
  /** Milliseconds. */
  now = SUNDAY_NOON;

  constructor(
    options: Partial<DecisionOptions> = {},
    {
      history = {},
      past = null,
      keepsBook = true,
    }: {
      history?: Partial<DeciderHistory>;
      past?: Pick<PolicyPast, 'listed'> | null;
      keepsBook?: boolean;
    } = {},
  ) {
    const ports: DecisionPorts = {
      userKey: userKeyOf,
      identify: (views) => ({ device: deviceOfViews(views), aliases: [], recognition: null }),
      book: keepsBook ? { write: (batch) => this.batches.push(batch) } : null,
      now: () => this.now,
    };
    const whole: DeciderHistory = {
      ...pastWith(),
      add: (login, outcome) => this.counted.push({ login, outcome }),
      changes: () => ({ userClients: [], userNetworks: [], devices: [], usual: [] }),
      userChanges: () => ({ userClients: [], userNetworks: [], devices: [], usual: [] }),
      setCounters: () => {},
      forget: (key) => this.forgotten.push(key),
      countsOf: () => ({}),
      ...history,
    };
    this.decider = new RulesDecider({ rules: [], maxTarpit: 30, ...options }, ports, whole, past);
  }

  /** All rows so far. */
  get heard(): PolicyBatch['heard'] {
    this.decider.flush();
    return this.batches.flatMap(({ heard }) => heard);
  }

  get listed(): PolicyBatch['listed'] {
    this.decider.flush();
    return this.batches.flatMap(({ listed }) => listed);
  }

  get unlisted(): PolicyBatch['unlisted'] {
    this.decider.flush();
    return this.batches.flatMap(({ unlisted }) => unlisted);
  }
}
