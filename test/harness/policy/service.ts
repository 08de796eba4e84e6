import { shippedLabels } from '../../../src/cli/label-source.js';
import { identifier } from '../../../src/cli/policy/identify.js';
import { recordedStrings } from '../../../src/cli/policy/recorded-strings.js';
import { clientName } from '../../../src/login/index.js';
import type { HeardLogin, LabelRow } from '../../../src/model/index.js';
import {
  type Identify,
  openDecider,
  type PolicyManagement,
  PolicyServer,
  type Rule,
  type RunningDecider,
  type ServerSecrets,
} from '../../../src/policy/index.js';
import { openStore, type Store } from '../../../src/store/index.js';
import { eventually } from '../mail/running.js';

const OPEN: ServerSecrets = { password: null, apiKey: null };

export interface ServiceSettings {
  readonly port: number;
  /** Of SQLite. Created where it is not there. */
  readonly database: string;
  readonly rules: readonly Rule[];
  /** Logins of a user that must have succeeded before a client of theirs counts as new; default 3. */
  readonly learning?: number;
  readonly ask?: ServerSecrets;
  /** Default: those that come with the package. */
  readonly labels?: readonly LabelRow[];
}

/** The policy server with all that is behind it: rules, history, recognition and a database file. */
export interface PolicyService {
  readonly decider: RunningDecider & PolicyManagement;
  readonly store: Store;
  readonly identify: Identify;
  /** What it told its operator. */
  readonly notices: readonly string[];
  /** Everything that was heard of a user, the oldest first. */
  heardOf(user: string): readonly HeardLogin[];
  /** What was heard of a user once there are so many logins that were reported. */
  reported(user: string, count: number): Promise<readonly HeardLogin[]>;
  close(): Promise<void>;
}

export async function startPolicyService(settings: ServiceSettings): Promise<PolicyService> {
  const { port, database, rules, learning = 3, ask = OPEN, labels } = settings;
  const store = await openStore(database, { create: true });
  const identify = await identifier(labels ?? (await shippedLabels()), recordedStrings(store), { names: true });
  const notices: string[] = [];
  const note = (message: string, details?: unknown) => void notices.push(`${message} ${JSON.stringify(details ?? {})}`);
  const now = () => Date.now();
  const decider = openDecider(
    {
      rules,
      learning: { logins: learning, days: 0 },
      maxTarpit: 30,
      limits: {
        users: 1000,
        clientsPerUser: 10,
        networksPerUser: 10,
        devices: 1000,
        keysPerCounter: 1000,
        usersPerCount: 100,
        days: 90,
      },
    },
    {
      userKey: (name) => store.policy.userKey(name),
      identify,
      book: { write: (batch) => store.policy.write(batch) },
      now,
    },
    store.policy,
  );
  const server = new PolicyServer(
    {
      listen: [{ host: '127.0.0.1', port }],
      tls: null,
      networks: [],
      ask,
      manage: OPEN,
      rate: { perSecond: 1000, burst: 1000 },
    },
    { decider, management: decider, identify, clientName, notices: { info: note, warn: note }, now, version: '0' },
  );
  await server.listen();
  const heardOf = (user: string) => {
    decider.flush();
    const key = store.policy.userKey(user);
    return [...store.policy.heard(0)].filter(({ userKey }) => userKey === key);
  };
  return {
    decider,
    store,
    identify,
    notices,
    heardOf,
    reported: (user, count) =>
      eventually(
        `${count} reports about ${user}`,
        () => {
          const heard = heardOf(user).filter(({ outcome }) => outcome !== null);
          return heard.length >= count ? heard : null;
        },
        () => `${JSON.stringify(heardOf(user))}\n${notices.join('\n')}`,
      ),
    close: async () => {
      await server.close(0);
      decider.close();
      store.close();
    },
  };
}
